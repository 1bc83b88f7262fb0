//! Figures as a table: one below the other with their budgets, or side by side where they are of several systems.

use super::Figure;

/// Prints them.
pub fn print(figures: &[Figure]) {
    let systems = systems(figures);
    if systems.is_empty() {
        one_below_the_other(figures);
    } else {
        side_by_side(figures, &systems);
    }
    let missed = figures.iter().filter(|figure| figure.misses()).count();
    println!("\n{} figures, {missed} outside their budget", figures.len());
}

fn one_below_the_other(figures: &[Figure]) {
    let width =
        |text: fn(&Figure) -> &str| figures.iter().map(|figure| text(figure).chars().count()).max().unwrap_or(0);
    let (case, metric) = (width(|figure| &figure.case), width(|figure| &figure.metric));
    println!("\n{:case$}  {:metric$}  {:>12}  {:>12}", "case", "metric", "value", "budget");
    for figure in figures {
        let budget = figure.budget.map_or("–".to_owned(), shown);
        let mark = if figure.misses() { "  ✗ misses its budget" } else { "" };
        let (value, unit) = (figure.value.map_or("–".to_owned(), shown), &figure.unit);
        println!("{:case$}  {:metric$}  {value:>12}  {budget:>12} {unit}{mark}", figure.case, figure.metric);
    }
}

/// Each row is a metric, each column a system; the best figure is marked.
fn side_by_side(figures: &[Figure], systems: &[&str]) {
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for figure in figures {
        if !rows.contains(&(&figure.case, &figure.metric)) {
            rows.push((&figure.case, &figure.metric));
        }
    }
    let width = rows.iter().map(|(_, metric)| metric.chars().count()).max().unwrap_or(0);
    let mut last = "";
    for (case, metric) in rows {
        if case != last {
            print!("\n{case:width$}  ");
            systems.iter().for_each(|system| print!("{system:>16}"));
            println!("{:>12}", "budget");
            last = case;
        }
        let row: Vec<_> = figures.iter().filter(|figure| figure.case == case && figure.metric == metric).collect();
        let best = row.iter().copied().filter(|figure| figure.value.is_some()).reduce(|best, figure| {
            let (one, other) = (best.value.unwrap_or(f64::NAN), figure.value.unwrap_or(f64::NAN));
            if figure.better.than(other, one) { figure } else { best }
        });
        print!("{metric:width$}  ");
        for system in systems {
            let figure = row.iter().find(|figure| figure.system.as_deref() == Some(*system));
            let mark = |value| if best.is_some_and(|best| best.value == Some(value)) { "*" } else { " " };
            let cell = figure.and_then(|figure| figure.value);
            print!("{:>16}", cell.map_or("–  ".to_owned(), |value| format!("{} {}", shown(value), mark(value))));
        }
        let budget = row.iter().find_map(|figure| figure.budget).map_or("–".to_owned(), shown);
        let missed = if row.iter().any(|figure| figure.misses()) { "  ✗ misses its budget" } else { "" };
        let unit = row.first().map(|figure| figure.unit.as_str()).unwrap_or_default();
        println!("{budget:>12} {unit}{missed}");
    }
    println!("\n* the best in its row");
}

fn systems(figures: &[Figure]) -> Vec<&str> {
    let mut systems: Vec<&str> = Vec::new();
    for system in figures.iter().filter_map(|figure| figure.system.as_deref()) {
        if !systems.contains(&system) {
            systems.push(system);
        }
    }
    systems
}

/// A number with as many decimals as its size deserves.
pub fn shown(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 1.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
