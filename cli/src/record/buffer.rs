//! Bytes that grow without leaving copies behind.

use zeroize::Zeroizing;

/// Appends to `to`; where it has no room, all of it moves, and the place it leaves is wiped.
pub(super) fn append(to: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    reserve(to, bytes.len());
    to.extend_from_slice(bytes);
}

/// Makes room for so many bytes more.
pub(super) fn reserve(to: &mut Zeroizing<Vec<u8>>, more: usize) {
    if to.capacity() - to.len() < more {
        let capacity = (to.len() + more).max(2 * to.capacity());
        let mut grown = Zeroizing::new(Vec::with_capacity(capacity));
        grown.extend_from_slice(to);
        *to = grown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_is_there_however_often_it_moved() {
        let mut bytes = Zeroizing::new(Vec::new());
        let expected: Vec<u8> = (0..=255).cycle().take(10_000).collect();
        for part in expected.chunks(7) {
            append(&mut bytes, part);
        }
        assert_eq!(*bytes, expected);
    }
}
