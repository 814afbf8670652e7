//! Offsets: where the texts of an array end.

/// How many bytes an offset has.
#[derive(Clone, Copy)]
pub(super) enum Width {
    Four,
    Eight,
}

impl Width {
    /// The offsets from number `first` on, one more than `count`; `None` where there are not so many, or negative ones.
    pub(super) fn read(self, bytes: &[u8], first: usize, count: usize) -> Option<Vec<usize>> {
        let end = first.checked_add(count)?.checked_add(1)?;
        match self {
            Self::Four => numbers(bytes, first, end, i32::from_ne_bytes),
            Self::Eight => numbers(bytes, first, end, i64::from_ne_bytes),
        }
    }

    /// Offsets that are not above `most`.
    pub(super) fn write(self, ends: &[usize]) -> Vec<u8> {
        match self {
            Self::Four => ends.iter().flat_map(|end| (*end as i32).to_ne_bytes()).collect(),
            Self::Eight => ends.iter().flat_map(|end| (*end as i64).to_ne_bytes()).collect(),
        }
    }

    /// The largest offset.
    pub(super) fn most(self) -> usize {
        match self {
            Self::Four => i32::MAX as usize,
            Self::Eight => isize::MAX as usize,
        }
    }
}

fn numbers<const N: usize, T: TryInto<usize>>(
    bytes: &[u8],
    first: usize,
    end: usize,
    read: impl Fn([u8; N]) -> T,
) -> Option<Vec<usize>> {
    let bytes = bytes.get(first.checked_mul(N)?..end.checked_mul(N)?)?;
    bytes.as_chunks::<N>().0.iter().map(|number| read(*number).try_into().ok()).collect()
}
