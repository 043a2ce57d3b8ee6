//! Measuring: builds, crates, memory, and the figures' middle and spread.

use std::fmt::{self, Display};
use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::Result;
use crate::shell::{cargo, read, run};

/// Several measurements of one thing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    pub(crate) fn add(&mut self, figure: f64) {
        self.0.push(figure);
        self.0.sort_by(f64::total_cmp);
    }

    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        match self.0.len() {
            0 => f64::NAN,
            count if count % 2 == 1 => self.0[middle],
            _ => f64::midpoint(self.0[middle - 1], self.0[middle]),
        }
    }

    /// Nanoseconds, shown as microseconds.
    pub(crate) fn in_micros(&self) -> String {
        self.0.iter().map(|figure| figure / 1_000.0).collect::<Self>().to_string()
    }
}

impl FromIterator<f64> for Figures {
    fn from_iter<I: IntoIterator<Item = f64>>(figures: I) -> Self {
        let mut all = Self::default();
        figures.into_iter().for_each(|figure| all.add(figure));
        all
    }
}

/// The median, then the least and the greatest.
impl Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, greatest) = (self.0.first().unwrap_or(&f64::NAN), self.0.last().unwrap_or(&f64::NAN));
        match self.0.len() {
            1 => write!(f, "{}", round(*least)),
            _ => write!(f, "{} ({} to {})", round(self.median()), round(*least), round(*greatest)),
        }
    }
}

/// Three figures are all that such measurements are good for.
pub(crate) fn round(figure: f64) -> String {
    match figure.abs() {
        size if size >= 100.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        size if size >= 1.0 => format!("{figure:.2}"),
        _ => format!("{figure:.3}"),
    }
}

/// The crates that a package of the workspace in `folder` compiles, itself too: `name vX.Y.Z`, sorted, each once.
pub(crate) fn crates(folder: &Path, package: &[&str]) -> Result<Vec<String>> {
    let mut tree = cargo(&["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let text = read(tree.args(package).current_dir(folder))?;
    let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut crates: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(name).collect();
    crates.sort();
    crates.dedup();
    Ok(crates)
}

/// Seconds that `cargo build` takes in `folder`, into `target`.
pub(crate) fn build_seconds(folder: &Path, target: &Path, arguments: &[&str]) -> Result<f64> {
    let mut build = cargo(&["build", "--quiet"]);
    build.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target);
    let start = Instant::now();
    run(&mut build)?;
    Ok(start.elapsed().as_secs_f64())
}

/// The same with nothing built before; what has to be downloaded is downloaded first.
pub(crate) fn cold_build_seconds(folder: &Path, target: &Path, arguments: &[&str]) -> Result<f64> {
    read(cargo(&["fetch", "--quiet"]).current_dir(folder))?;
    if target.exists() {
        fs::remove_dir_all(target).map_err(|error| format!("cannot remove {}: {error}", target.display()))?;
    }
    build_seconds(folder, target, arguments)
}

/// A file's size in MiB.
pub(crate) fn file_mib(path: &Path) -> Result<f64> {
    let data = fs::metadata(path).map_err(|error| format!("cannot look at {}: {error}", path.display()))?;
    Ok(data.len() as f64 / 1024.0 / 1024.0)
}

/// What a program holds in memory, in MiB, as the kernel counts it.
pub(crate) fn resident_mib(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<f64>().ok()).map(|kib| kib / 1024.0).ok_or_else(|| format!("no `VmRSS` in {path}"))
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn figures_are_told_by_their_middle_and_their_ends() {
        let odd: Figures = [3.0, 1.0, 2.0].into_iter().collect();
        assert_eq!(odd.to_string(), "2.00 (1.00 to 3.00)");
        let even: Figures = [40.0, 10.0, 20.0, 3000.0].into_iter().collect();
        assert_eq!(even.to_string(), "30.0 (10.0 to 3000)");
    }
}
