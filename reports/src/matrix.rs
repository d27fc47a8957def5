//! How the requirements stand, by family and component: the matrix of a report, drawn as tiles.

use assay_model::run::{RequirementResult, Run};
use assay_model::verdict::Determination;
use serde::Serialize;

use crate::picks::Picks;
use crate::words::{self, DETERMINATIONS};

/// Width and height of a tile with the gap after it, in units of its drawing.
const TILE: (usize, usize) = (46, 24);

/// The most tiles beside each other.
const ABREAST: usize = 3;

/// Families down, the product and its components across.
#[derive(Serialize)]
pub(crate) struct Matrix<'a> {
    components: Vec<&'a str>,
    rows: Vec<Row<'a>>,
    all: Vec<Cell>,
}

/// One family.
#[derive(Serialize)]
struct Row<'a> {
    title: &'a str,
    code: &'a str,
    /// The product first.
    cells: Vec<Cell>,
}

/// How the requirements of a family stand on the product or on a component.
#[derive(Serialize)]
pub(crate) struct Cell {
    /// The number of the family; zero for all.
    family: usize,
    /// The number of the component; zero for the product.
    component: usize,
    drawing: Drawing,
}

/// Numbers by word, laid out as tiles.
#[derive(Default, Serialize)]
pub(crate) struct Drawing {
    tiles: Vec<Tile>,
    width: usize,
    height: usize,
}

#[derive(Serialize)]
struct Tile {
    word: &'static str,
    count: usize,
    x: usize,
    y: usize,
}

impl<'a> Matrix<'a> {
    pub(crate) fn of(run: &'a Run, picks: &Picks<'a>) -> Self {
        let row = |(at, code): (usize, &&'a str)| {
            let of_family: Vec<_> = run.requirements.iter().filter(|requirement| requirement.id.family() == *code).collect();
            Row { title: words::family_title(code), code, cells: cells(at + 1, &of_family, picks) }
        };
        Self {
            components: picks.components().to_vec(),
            rows: picks.families().iter().enumerate().map(row).collect(),
            all: cells(0, &run.requirements.iter().collect::<Vec<_>>(), picks),
        }
    }
}

fn cells(family: usize, requirements: &[&RequirementResult], picks: &Picks<'_>) -> Vec<Cell> {
    let product = Cell { family, component: 0, drawing: Drawing::of(requirements.iter().map(|requirement| requirement.determination)) };
    let on_component = |(at, name): (usize, &&str)| {
        let entries = requirements.iter().flat_map(|requirement| &requirement.components);
        let determined = entries.filter(|one| one.component == *name).map(|one| one.determination);
        Cell { family, component: at + 1, drawing: Drawing::of(determined) }
    };
    std::iter::once(product).chain(picks.components().iter().enumerate().map(on_component)).collect()
}

impl Drawing {
    pub(crate) fn of(determinations: impl IntoIterator<Item = Determination>) -> Self {
        let mut counts = DETERMINATIONS.map(|word| (word, 0_usize));
        for determination in determinations {
            if let Some((_, count)) = counts.iter_mut().find(|(word, _)| *word == determination) {
                *count += 1;
            }
        }
        let there = counts.into_iter().filter(|(_, count)| *count > 0).enumerate();
        let tiles: Vec<_> = there
            .map(|(at, (word, count))| Tile { word: word.word(), count, x: at % ABREAST * TILE.0, y: at / ABREAST * TILE.1 })
            .collect();
        let (width, height) = (tiles.len().min(ABREAST) * TILE.0, tiles.len().div_ceil(ABREAST) * TILE.1);
        Self { tiles, width, height }
    }
}
