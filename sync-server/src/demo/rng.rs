//! SplitMix64: small, fixed for ever, so that a seed always gives the same township.

/// A stream of numbers.
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.next() % span).unwrap_or_default()
    }

    /// True in so many of a thousand.
    pub(super) fn chance(&mut self, per_mille: u32) -> bool {
        self.between(1, 1000) <= per_mille
    }

    /// One of them.
    pub(super) fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let last = u32::try_from(from.len()).unwrap_or(1).saturating_sub(1);
        from.get(self.between(0, last) as usize).copied().unwrap_or_default()
    }

    /// One of them, by weight.
    pub(super) fn weighted(&mut self, from: &[(&'static str, u32)]) -> &'static str {
        let total: u32 = from.iter().map(|(_, w)| w).sum();
        let mut at = self.between(1, total.max(1));
        for (value, weight) in from {
            if at <= *weight {
                return value;
            }
            at -= weight;
        }
        ""
    }
}
