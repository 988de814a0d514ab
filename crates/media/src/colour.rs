//! Colours to sRGB by the embedded profile, or by the usual meaning of the channels without one.

use moxcms::{ColorProfile, DataColorSpace, Layout, RenderingIntent, TransformOptions};

/// The planes of a picture as red, green and blue in sRGB.
///
/// A profile that is broken, or made for other channels than the picture has, is left aside: the
/// picture is then shown as if it had none, like browsers do.
pub(crate) fn to_srgb(planes: Vec<Vec<u8>>, profile: Option<&[u8]>) -> Option<[Vec<u8>; 3]> {
    let profile = profile.and_then(|bytes| ColorProfile::new_from_slice(bytes).ok());
    let converted = profile.and_then(|profile| by_profile(&planes, &profile));
    match converted {
        Some(planes) => Some(planes),
        None => plain(planes),
    }
}

fn by_profile(planes: &[Vec<u8>], profile: &ColorProfile) -> Option<[Vec<u8>; 3]> {
    let (space, layout) = match planes.len() {
        1 => (DataColorSpace::Gray, Layout::Gray),
        3 => (DataColorSpace::Rgb, Layout::Rgb),
        4 => (DataColorSpace::Cmyk, Layout::Rgba),
        _ => return None,
    };
    if profile.color_space != space {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    // Chosen: relative colorimetric without black point compensation, what browsers show.
    let options = TransformOptions {
        rendering_intent: RenderingIntent::RelativeColorimetric,
        ..TransformOptions::default()
    };
    let transform = profile
        .create_transform_8bit(layout, &srgb, Layout::Rgb, options)
        .ok()?;
    let pixels = planes[0].len();
    let mut mixed = vec![0; pixels * planes.len()];
    for (channel, plane) in planes.iter().enumerate() {
        for (out, &sample) in mixed
            .iter_mut()
            .skip(channel)
            .step_by(planes.len())
            .zip(plane)
        {
            *out = sample;
        }
    }
    let mut out = vec![0; pixels * 3];
    transform.transform(&mixed, &mut out).ok()?;
    Some([0, 1, 2].map(|channel| out.iter().skip(channel).step_by(3).copied().collect()))
}

fn plain(planes: Vec<Vec<u8>>) -> Option<[Vec<u8>; 3]> {
    match <[Vec<u8>; 4]>::try_from(planes) {
        Ok([cyan, magenta, yellow, black]) => Some([cyan, magenta, yellow].map(|ink| {
            let dark = ink.iter().zip(&black);
            dark.map(|(&ink, &black)| unink(ink, black)).collect()
        })),
        Err(mut planes) => match planes.len() {
            1 => planes.pop().map(|grey| [grey.clone(), grey.clone(), grey]),
            _ => planes.try_into().ok(),
        },
    }
}

/// Light left by a colour ink and black, without a profile.
fn unink(ink: u8, black: u8) -> u8 {
    ((255 - u32::from(ink)) * (255 - u32::from(black)) + 127).div_euclid(255) as u8
}
