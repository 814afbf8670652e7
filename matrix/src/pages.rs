//! Pages 2 to 66, sealed and opened in one call.

use std::fs;

use crate::{Failure, Outcome, Place, compare, page};

const FIRST: u32 = 2;
const LAST: u32 = 66;

fn pages(reserved: usize) -> Vec<u8> {
    (FIRST..=LAST).flat_map(|number| page(number, 0, reserved)).collect()
}

pub(crate) fn write(place: &Place) -> Result<Outcome, Failure> {
    let Some(codec) = place.codec()? else { return Ok(Outcome::Refused) };
    let mut pages = pages(codec.reserved_length());
    codec.seal_pages(FIRST, &mut pages)?;
    fs::write(place.path("pages", ""), pages)?;
    Ok(Outcome::Ok)
}

pub(crate) fn read(place: &Place) -> Result<Outcome, Failure> {
    let Some(codec) = place.codec()? else { return Ok(Outcome::Refused) };
    let expected = pages(codec.reserved_length());
    let mut got = fs::read(place.path("pages", ""))?;
    codec.open_pages(FIRST, &mut got)?;
    compare("pages", &got, &expected)?;
    Ok(Outcome::Ok)
}
