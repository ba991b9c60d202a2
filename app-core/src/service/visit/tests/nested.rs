//! A repeat in a repeat: plots of land, crops on each plot. What was said of each crop is said of that crop on every phone.

use serde_json::json;

use super::*;
use crate::testing::Revised;

const LIVING: &str = "living-conditions";

/// 2-4 (second) with plots and crops; `count`: how many crops a plot has, where that is computed.
fn with_plots(count: &str) -> (Phone, HouseholdId) {
    let (phone, id) = with(guihua());
    let mut revised = Revised::of(phone.app.pack().unwrap().files());
    let row = |kind: &'static str, name: &'static str, count: &str| -> Vec<(&'static str, String)> {
        vec![
            ("type", kind.to_owned()),
            ("name", name.to_owned()),
            ("label", name.to_owned()),
            ("label::English (en)", name.to_owned()),
            ("repeat_count", count.to_owned()),
        ]
    };
    let rows = [
        row("begin_repeat", "plot", ""),
        row("text", "plot_name", ""),
        row("begin_repeat", "crop", count),
        row("text", "crop_name", ""),
        row("end_repeat", "crop", ""),
        row("end_repeat", "plot", ""),
    ];
    let rows: Vec<Vec<(&str, &str)>> =
        rows.iter().map(|row| row.iter().map(|(column, text)| (*column, text.as_str())).collect()).collect();
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    revised.version(LIVING, "2").add(LIVING, "section_life", &rows);
    phone.village.publish(revised.0);
    phone.app.sync().unwrap();
    (phone, id)
}

/// Every crop: plot, crop, and whether anything is left over.
fn crops(app: &App, visit: &str) -> (Vec<(String, String)>, Vec<String>) {
    app.visit(visit, |f| {
        let (instance, mut out) = (f.instance(), Vec::new());
        for node in instance.walk().into_iter().filter(|n| instance.question(*n).name == "crop_name") {
            let crop = f.instance_around(node).unwrap();
            let plot = f.instance_around(instance.tree().parent(crop).unwrap()).unwrap();
            let name = instance.tree().child(plot, "plot_name").unwrap();
            out.push((instance.value(name).to_owned(), instance.value(node).to_owned()));
        }
        out.sort();
        Ok((out, f.retired().iter().map(|r| format!("{}={}", r.path, r.text)).collect()))
    })
    .unwrap()
}

fn all(app: &App, visit: &str, name: &str) -> Vec<String> {
    app.visit(visit, |f| {
        let nodes = f.instance().walk().into_iter().filter(|n| f.instance().question(*n).name == name);
        Ok(nodes.map(|n| f.instance().path(n)).collect())
    })
    .unwrap()
}

fn put(app: &App, visit: &str, path: &str, text: &str) {
    app.answer(visit, path, &json!(text), |_, _| ()).unwrap();
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    all.sort();
    all
}

#[test]
fn each_crop_of_each_plot_comes_to_its_own_place_on_the_second_phone() {
    let (phone, id) = with_plots("");
    let app = &phone.app;
    let visit = app.open_visit(id, Some(LIVING)).unwrap();
    let plots = all(app, &visit, "plot_name")[0].split('[').next().unwrap().to_owned();
    for _ in 0..2 {
        app.add_instance(&visit, &plots, |_, _| ()).unwrap();
    }
    let [river, _, nameless] = <[String; 3]>::try_from(all(app, &visit, "plot_name")).unwrap();
    put(app, &visit, &river, "河边");
    let crop_in = |plot: &str, at: usize| {
        let plot = plot.strip_suffix("plot_name").unwrap();
        let inside = all(app, &visit, "crop_name").into_iter().filter(|c| c.starts_with(plot));
        inside.collect::<Vec<_>>()[at].clone()
    };
    put(app, &visit, &crop_in(&river, 0), "水稻");
    for plot in [&river, &nameless] {
        app.add_instance(&visit, &plot.replace("plot_name", "crop"), |_, _| ()).unwrap();
    }
    put(app, &visit, &crop_in(&river, 1), "芝麻");
    // A plot without a name of its own, and one of which nothing is said.
    put(app, &visit, &crop_in(&nameless, 0), "甘蔗");
    app.put_down_visit(&visit).unwrap();
    app.sync().unwrap();

    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    assert_eq!(second.app.open_visit(id, Some(LIVING)).unwrap(), visit);
    let three = pairs(&[("河边", "水稻"), ("河边", "芝麻"), ("", "甘蔗")]);
    assert_eq!(crops(&second.app, &visit), (three, vec![]));
    let cane =
        all(&second.app, &visit, "crop_name").into_iter().find(|p| value(&second.app, &visit, p) == "甘蔗").unwrap();
    put(&second.app, &visit, &cane, "玉米");
    let second = second.restarted();
    let corrected = pairs(&[("河边", "水稻"), ("河边", "芝麻"), ("", "玉米")]);
    assert_eq!(crops(&second.app, &visit), (corrected.clone(), vec![]));
    second.app.put_down_visit(&visit).unwrap();
    second.app.sync().unwrap();
    // And back on the first, which had nothing typed since.
    phone.app.sync().unwrap();
    assert_eq!(phone.app.open_visit(id, Some(LIVING)).unwrap(), visit);
    assert!(!phone.app.visit(&visit, |f| Ok(f.went_on())).unwrap());
    assert_eq!(crops(&phone.app, &visit), (corrected, vec![]));
    phone.app.put_down_visit(&visit).unwrap();
    phone.agrees();
    second.agrees();
}

#[test]
fn numbered_crops_of_two_plots_are_not_mixed_up() {
    let (phone, id) = with_plots("2");
    let app = &phone.app;
    let visit = app.open_visit(id, Some(LIVING)).unwrap();
    let plots = all(app, &visit, "plot_name")[0].split('[').next().unwrap().to_owned();
    app.add_instance(&visit, &plots, |_, _| ()).unwrap();
    for (path, text) in all(app, &visit, "plot_name").iter().zip(["东", "西"]) {
        put(app, &visit, path, text);
    }
    for (path, text) in all(app, &visit, "crop_name").iter().zip(["稻", "麻", "豆", "薯"]) {
        put(app, &visit, path, text);
    }
    app.put_down_visit(&visit).unwrap();
    app.sync().unwrap();
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    second.app.open_visit(id, Some(LIVING)).unwrap();
    let four = pairs(&[("东", "稻"), ("东", "麻"), ("西", "豆"), ("西", "薯")]);
    assert_eq!(crops(&second.app, &visit), (four, vec![]));
    second.app.put_down_visit(&visit).unwrap();
    second.agrees();
    phone.agrees();
}
