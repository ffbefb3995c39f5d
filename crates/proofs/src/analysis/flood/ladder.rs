//! The rows of one unit, laid out for a search that decides one term after another: what is possible after each decision is
//! looked up, not counted again.
//!
//! In: the rows of a unit. Out: its [`Ladder`], and which cells of a term come to the same. Never: another unit.

/// What is the most by what is decided: the maxima over all rows that begin alike, for each number of decided terms.
pub(super) struct Ladder {
    /// By number of decided terms and by these terms' cells, the last of them changing first.
    levels: Vec<Vec<u64>>,
}

impl Ladder {
    /// A ladder over rows: all combinations of so many cells for each term, the last term changing first.
    pub(super) fn of(widths: &[usize], rows: Vec<u64>) -> Ladder {
        let mut levels = vec![rows];
        for width in widths.iter().rev() {
            let below = levels.last().map_or(&[][..], Vec::as_slice);
            levels.push(below.chunks(*width).map(|rows| rows.iter().copied().max().unwrap_or(0)).collect());
        }
        levels.reverse();
        Ladder { levels }
    }

    /// The most that is possible with so many terms decided, by the number of their cells.
    pub(super) fn most(&self, decided: usize, at: usize) -> u64 {
        self.levels[decided][at]
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.levels.last().map_or(0, Vec::len)
    }
}

/// What the units that read a term have where it has one cell.
#[derive(Default)]
pub(super) struct Column {
    /// By unit, the first cell of the term with the same rows.
    pub(super) like: Vec<usize>,
    /// All rows together.
    pub(super) total: u64,
}

/// Compares the cells of the term at one place of a unit's rows. `alike` says by term and cell which are known to be alike,
/// numbered as they come; others may have the same rows as well.
pub(super) fn compare(rows: &[u64], alike: &[Vec<usize>], at: usize, columns: &mut Vec<Column>) {
    let width = alike[at].len();
    let after: usize = alike[at + 1..].iter().map(Vec::len).product();
    // Rows are all combinations, the last term changing first.
    let blocks = || rows.chunks_exact(after * width);
    let of = |cell: usize| cell * after..(cell + 1) * after;
    columns.resize_with(width, Column::default);
    // Of those that are alike, which cell has the same rows, and all rows together.
    let mut known: Vec<(usize, u64)> = Vec::new();
    for (cell, class) in alike[at].iter().enumerate() {
        if *class == known.len() {
            let is_like = |other: &usize| match after {
                1 => blocks().all(|block| block[*other] == block[cell]),
                _ => blocks().all(|block| block[of(*other)] == block[of(cell)]),
            };
            let like = (0..cell).find(|other| columns[*other].like.last() == Some(other) && is_like(other));
            let total = blocks().map(|block| block[of(cell)].iter().sum::<u64>()).sum();
            known.push((like.unwrap_or(cell), total));
        }
        let (like, total) = known[*class];
        columns[cell].like.push(like);
        columns[cell].total += total;
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Ladder, compare};

    #[test]
    fn a_ladder_knows_the_most_below_each_decision() {
        let ladder = Ladder::of(&[2, 3], vec![1, 5, 2, 7, 0, 4]);
        assert_eq!([ladder.most(0, 0), ladder.most(1, 0), ladder.most(1, 1), ladder.most(2, 4)], [7, 5, 7, 0]);
        assert_eq!(ladder.rows(), 6);
    }

    #[test]
    fn cells_with_equal_rows_are_one() {
        let rows = [1, 2, 1, 1, 2, 3];
        let mut outer: Vec<Column> = Vec::new();
        let apart = [vec![0, 1], vec![0, 1, 2]];
        compare(&rows, &apart, 0, &mut outer);
        assert_eq!(outer.iter().map(|column| (column.like[0], column.total)).collect::<Vec<_>>(), [(0, 4), (1, 6)]);
        for inner_alike in [vec![0, 1, 2], vec![0, 1, 0]] {
            let mut inner: Vec<Column> = Vec::new();
            compare(&[1, 2, 1, 1, 2, 1], &[vec![0, 1], inner_alike], 1, &mut inner);
            assert_eq!(
                inner.iter().map(|column| (column.like[0], column.total)).collect::<Vec<_>>(),
                [(0, 2), (1, 4), (0, 2)]
            );
        }
    }
}
