//! Pieces of blocks, shorter than 16 bytes, read and written without a call and without touching their neighbours.

use super::register::Block;

/// What [`keep`] reads: ones, then zeros.
static MASKS: [u8; 32] = {
    let mut masks = [0; 32];
    let mut i = 0;
    while i < 16 {
        masks[i] = 0xff;
        i += 1;
    }
    masks
};

/// A mask over the first `length` bytes of a block, or over all of it: 16 bytes at any address.
#[inline(always)]
pub(super) fn keep(length: usize) -> *const u8 {
    MASKS[16 - length.min(16)..].as_ptr()
}

/// Two pieces that may overlap: the second one begins `gap` bytes after the first.
#[inline(always)]
fn join(first: u64, second: u64, gap: usize) -> u128 {
    u128::from(first) | u128::from(second) << (8 * gap)
}

/// A block without its first `gap` bytes.
#[inline(always)]
fn after(block: u128, gap: usize) -> u128 {
    block >> (8 * gap)
}

/// The first `length` bytes, between 1 and 15; the others are zero.
///
/// # Safety
/// They are readable.
#[inline(always)]
pub(super) unsafe fn load_few(from: *const u8, length: usize) -> Block {
    // SAFETY: the caller's promise: both pieces lie within `length`; arrays of bytes have no alignment.
    unsafe {
        match length {
            8.. => join(
                u64::from_le_bytes(from.cast::<[u8; 8]>().read()),
                u64::from_le_bytes(from.add(length - 8).cast::<[u8; 8]>().read()),
                length - 8,
            ),
            4.. => join(
                u32::from_le_bytes(from.cast::<[u8; 4]>().read()).into(),
                u32::from_le_bytes(from.add(length - 4).cast::<[u8; 4]>().read()).into(),
                length - 4,
            ),
            2.. => join(
                u16::from_le_bytes(from.cast::<[u8; 2]>().read()).into(),
                u16::from_le_bytes(from.add(length - 2).cast::<[u8; 2]>().read()).into(),
                length - 2,
            ),
            _ => from.read().into(),
        }
        .to_le()
    }
}

/// Writes the first `length` bytes, between 1 and 15.
///
/// # Safety
/// They are writable.
#[inline(always)]
pub(super) unsafe fn store_few(block: Block, to: *mut u8, length: usize) {
    let block = u128::from_le(block);
    // SAFETY: the caller's promise: both pieces lie within `length`; arrays of bytes have no alignment.
    unsafe {
        match length {
            8.. => {
                to.cast::<[u8; 8]>().write((block as u64).to_le_bytes());
                to.add(length - 8).cast::<[u8; 8]>().write((after(block, length - 8) as u64).to_le_bytes());
            }
            4.. => {
                to.cast::<[u8; 4]>().write((block as u32).to_le_bytes());
                to.add(length - 4).cast::<[u8; 4]>().write((after(block, length - 4) as u32).to_le_bytes());
            }
            2.. => {
                to.cast::<[u8; 2]>().write((block as u16).to_le_bytes());
                to.add(length - 2).cast::<[u8; 2]>().write((after(block, length - 2) as u16).to_le_bytes());
            }
            _ => to.write(block as u8),
        }
    }
}

/// The first `length` bytes, up to 16; the others are zero.
///
/// # Safety
/// They are readable.
#[inline(always)]
pub(super) unsafe fn load_up_to(from: *const u8, length: usize) -> Block {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    unsafe {
        match length {
            16.. => Block::from_ne_bytes(from.cast::<[u8; 16]>().read()),
            0 => 0,
            _ => load_few(from, length),
        }
    }
}

/// Writes the first `length` bytes, up to 16.
///
/// # Safety
/// They are writable.
#[inline(always)]
pub(super) unsafe fn store_up_to(block: Block, to: *mut u8, length: usize) {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    unsafe {
        match length {
            16.. => to.cast::<[u8; 16]>().write(block.to_ne_bytes()),
            0 => {}
            _ => store_few(block, to, length),
        }
    }
}

/// A nonce of 12 bytes, and zeros.
///
/// # Safety
/// It has 12 bytes.
#[inline(always)]
pub(super) unsafe fn nonce(bytes: &[u8]) -> Block {
    // SAFETY: the caller's promise.
    unsafe { load_few(bytes.as_ptr(), 12) }
}

#[cfg(test)]
mod tests {
    use super::{load_few, store_few};

    #[test]
    fn pieces_of_every_length_are_read_and_written_and_nothing_else() {
        let bytes: [u8; 16] = core::array::from_fn(|i| i as u8 + 1);
        for length in 1..16 {
            let mut padded = [0; 16];
            padded[..length].copy_from_slice(&bytes[..length]);
            // SAFETY: both arrays are longer than any piece.
            let block = unsafe { load_few(bytes.as_ptr(), length) };
            assert_eq!(block.to_ne_bytes(), padded);

            let mut written = [0xee; 16];
            // SAFETY: as above.
            unsafe { store_few(u128::from_ne_bytes(bytes), written.as_mut_ptr(), length) };
            assert_eq!(written[..length], bytes[..length]);
            assert!(written[length..].iter().all(|byte| *byte == 0xee));
        }
    }
}
