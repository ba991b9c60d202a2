//! What one visit costs on the line (7-measures.md): real apps, filled forms, one round each, other seeds than those the
//! dictionary was trained on.

use ruhu_tests::corpus::{Corpus, FORMS};

/// Middle and largest.
fn spread(mut sizes: Vec<usize>) -> (usize, usize) {
    sizes.sort_unstable();
    (sizes[sizes.len() / 2], sizes[sizes.len() - 1])
}

#[test]
fn a_visit_with_any_of_the_five_forms_goes_up_in_300_bytes() {
    let mut corpus = Corpus::new(99, 300, 4);
    for facts in [0, 3] {
        for form in FORMS {
            let sizes: Vec<usize> = corpus.visits(form, 12, facts).iter().map(|s| s.body.len()).collect();
            assert!(sizes.len() >= 6, "{form}: {} visits were finished", sizes.len());
            let n = sizes.len();
            let (middle, most) = spread(sizes);
            println!("{form}, up to {facts} facts, {n} visits: body {middle}, at most {most}");
            assert!(middle <= 450, "{form}: {middle}");
        }
    }
}
