//! A ticket as a QR code: for print, to send, and on a terminal.

use qrcode::render::{svg::Color, unicode::Dense1x2};
use qrcode::{EcLevel, QrCode};

use crate::error::{Error, Result};

/// Pixels of one module of a PNG, and modules of white around it.
const SCALE: usize = 8;
const QUIET: usize = 4;

fn code(ticket: &str) -> Result<QrCode> {
    QrCode::with_error_correction_level(ticket, EcLevel::M).map_err(failed)
}

fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::internal("二维码生成失败。 The QR code cannot be made.").because(cause)
}

/// As SVG.
pub fn svg(ticket: &str) -> Result<String> {
    Ok(code(ticket)?.render::<Color<'_>>().min_dimensions(320, 320).build())
}

/// As text for a terminal; dark on light whatever the terminal's colours.
pub fn terminal(ticket: &str) -> Result<String> {
    let text = code(ticket)?.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    Ok(format!("{text}\n"))
}

/// As PNG, black and white.
pub fn png(ticket: &str) -> Result<Vec<u8>> {
    let code = code(ticket)?;
    let (modules, colours) = (code.width(), code.to_colors());
    let side = modules.saturating_add(2 * QUIET).saturating_mul(SCALE);
    let module_at = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|m| *m < modules);
    let mut pixels = Vec::with_capacity(side.saturating_mul(side));
    for y in 0..side {
        for x in 0..side {
            let module = module_at(x).zip(module_at(y)).and_then(|(x, y)| colours.get(y * modules + x));
            pixels.push(if module == Some(&qrcode::Color::Dark) { 0 } else { 255 });
        }
    }
    let size = u32::try_from(side).map_err(failed)?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size, size);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: &str = "ruhu:https://10.0.0.2:8480#K7QF3-MXDWPA-Q8RT2V.-.1800000000";

    #[test]
    fn a_ticket_is_a_picture_a_drawing_and_text() {
        assert!(png(TICKET).unwrap().starts_with(b"\x89PNG"));
        assert!(svg(TICKET).unwrap().contains("<svg"));
        let text = terminal(TICKET).unwrap();
        assert!(text.lines().count() > 15 && text.contains('█'));
    }
}
