//! SQLite's integers of variable length: seven bits a byte, the highest first; a ninth byte has eight.

/// The longest, in bytes.
pub(super) const MAX_LENGTH: usize = 9;

/// The integer that `bytes` begins with, and its length in bytes; `None` where it is cut off.
pub(super) fn read(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(MAX_LENGTH - 1).enumerate() {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    bytes.get(MAX_LENGTH - 1).map(|last| (value << 8 | u64::from(*last), MAX_LENGTH))
}

/// Appends `value`.
pub(super) fn append(value: u64, to: &mut Vec<u8>) {
    if value >> 56 != 0 {
        let high = value >> 8;
        to.extend((0..8).rev().map(|index| (high >> (7 * index)) as u8 | 0x80));
        to.push(value as u8);
        return;
    }
    let bits = (64 - value.leading_zeros()).max(1);
    for index in (0..bits.div_ceil(7)).rev() {
        let byte = (value >> (7 * index)) as u8 & 0x7f;
        to.push(if index == 0 { byte } else { byte | 0x80 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_reads_back_in_the_shortest_form() {
        let mut values = vec![0, u64::MAX, u64::MAX - 1];
        for bits in 1..64 {
            values.extend([(1 << bits) - 1, 1 << bits, (1 << bits) + 1]);
        }
        for value in values {
            let mut bytes = Vec::new();
            append(value, &mut bytes);
            assert_eq!(read(&bytes), Some((value, bytes.len())));
            let bits = (64 - value.leading_zeros()).max(1) as usize;
            assert_eq!(bytes.len(), bits.div_ceil(7).min(MAX_LENGTH));
            assert_eq!(read(&bytes[..bytes.len() - 1]), None);
        }
    }
}
