//! Where a point stands in a letter.

/// A place in the body: index of the line and byte in its folded text.
pub(crate) type Place = (usize, usize);

/// A point's place: from the end of its number to the start of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    /// Where the point's words begin.
    pub(crate) from: Place,
    /// Where they end; `None` is the end of the body.
    pub(crate) to: Option<Place>,
    /// Where the words of its heading stand.
    pub(crate) heading: Option<(Place, Place)>,
}
