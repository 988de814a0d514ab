//! What a parent asks: jobs, and in a self-test probes.

use bytes::Bytes;
use motion::{ClipLimits, Drawing};

use super::{Garbled, Reader, Writer};
use crate::{Job, Probe};

/// Most colours of a ground. Source: `videoSizeEmojiMarkup`, one to four.
const COLOURS_MAX: u8 = 4;

/// What a child is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    Job(Job),
    Probe(Probe),
}

impl Asked {
    /// The message, its length before it.
    pub(crate) fn write(&self) -> Result<Vec<u8>, Garbled> {
        match self {
            Asked::Job(job) => write_job(job),
            Asked::Probe(probe) => write_probe(probe),
        }
    }

    /// Reads a message without its length.
    pub(crate) fn read(message: Bytes) -> Result<Asked, Garbled> {
        let mut reader = Reader(message);
        let tag = reader.u8()?;
        let asked = match tag {
            0..=2 => Asked::Job(read_job(tag, &mut reader)?),
            _ => Asked::Probe(read_probe(tag, &mut reader)?),
        };
        reader.end()?;
        Ok(asked)
    }
}

fn write_job(job: &Job) -> Result<Vec<u8>, Garbled> {
    let start = |writer: &mut Writer, start_s: Option<f64>| {
        writer.option(start_s, |writer, start_s| writer.u64(start_s.to_bits()));
    };
    let writer = match job {
        Job::Clip {
            source,
            limits,
            start_s,
            stills,
        } => {
            let mut writer = Writer::new(0);
            writer.bytes(source);
            write_limits(&mut writer, limits);
            start(&mut writer, *start_s);
            writer.flag(*stills);
            writer
        }
        Job::Draw(drawing) => {
            let mut writer = Writer::new(1);
            writer.bytes(&drawing.sticker);
            let colours = u8::try_from(drawing.colours.len()).unwrap_or(u8::MAX);
            if colours > COLOURS_MAX {
                return Err(Garbled("too many colours"));
            }
            writer.u8(colours);
            for colour in &drawing.colours {
                writer.u32(*colour);
            }
            writer.flag(drawing.white);
            start(&mut writer, drawing.start_s);
            writer.flag(drawing.stills);
            writer.flag(drawing.film);
            writer
        }
        Job::Sticker(source) => {
            let mut writer = Writer::new(2);
            writer.bytes(source);
            writer
        }
    };
    writer.finish()
}

fn read_job(tag: u8, reader: &mut Reader) -> Result<Job, Garbled> {
    let source = reader.bytes()?;
    let start = |reader: &mut Reader| reader.option(|reader| Ok(f64::from_bits(reader.u64()?)));
    Ok(match tag {
        0 => Job::Clip {
            source,
            limits: read_limits(reader)?,
            start_s: start(reader)?,
            stills: reader.flag()?,
        },
        1 => {
            let count = reader.u8()?;
            if count > COLOURS_MAX {
                return Err(Garbled("too many colours"));
            }
            let colours: Result<_, Garbled> = (0..count).map(|_| reader.u32()).collect();
            Job::Draw(Drawing {
                sticker: source,
                colours: colours?,
                white: reader.flag()?,
                start_s: start(reader)?,
                stills: reader.flag()?,
                film: reader.flag()?,
            })
        }
        _ => Job::Sticker(source),
    })
}

fn write_limits(writer: &mut Writer, limits: &ClipLimits) {
    writer.u64(limits.bytes_max as u64);
    writer.u32(limits.duration_ms_max);
    writer.u32(limits.side_px_min);
    writer.u32(limits.side_px_max);
}

fn read_limits(reader: &mut Reader) -> Result<ClipLimits, Garbled> {
    Ok(ClipLimits {
        bytes_max: usize::try_from(reader.u64()?).map_err(|_| Garbled("a limit too large"))?,
        duration_ms_max: reader.u32()?,
        side_px_min: reader.u32()?,
        side_px_max: reader.u32()?,
    })
}

fn write_probe(probe: &Probe) -> Result<Vec<u8>, Garbled> {
    let with = |tag: u8, number: u32| {
        let mut writer = Writer::new(tag);
        writer.u32(number);
        writer
    };
    let writer = match probe {
        Probe::Echo(bytes) => {
            let mut writer = Writer::new(3);
            writer.bytes(bytes);
            writer
        }
        Probe::ReadFile => Writer::new(4),
        Probe::CreateFile => Writer::new(5),
        Probe::Tcp => Writer::new(6),
        Probe::Udp => Writer::new(7),
        Probe::Program => Writer::new(8),
        Probe::Thread => Writer::new(9),
        Probe::Spin => Writer::new(10),
        Probe::Hang => Writer::new(11),
        Probe::Allocate => Writer::new(12),
        Probe::Panic => Writer::new(13),
        Probe::Abort => Writer::new(14),
        Probe::Leave => Writer::new(15),
        Probe::Garble => Writer::new(16),
        Probe::Boast => Writer::new(17),
        Probe::Complain(bytes) => with(18, *bytes),
        Probe::Toil(ms) => with(19, *ms),
        Probe::Hoard(mib) => with(20, *mib),
        Probe::Parent => Writer::new(21),
    };
    writer.finish()
}

fn read_probe(tag: u8, reader: &mut Reader) -> Result<Probe, Garbled> {
    Ok(match tag {
        3 => Probe::Echo(reader.bytes()?),
        4 => Probe::ReadFile,
        5 => Probe::CreateFile,
        6 => Probe::Tcp,
        7 => Probe::Udp,
        8 => Probe::Program,
        9 => Probe::Thread,
        10 => Probe::Spin,
        11 => Probe::Hang,
        12 => Probe::Allocate,
        13 => Probe::Panic,
        14 => Probe::Abort,
        15 => Probe::Leave,
        16 => Probe::Garble,
        17 => Probe::Boast,
        18 => Probe::Complain(reader.u32()?),
        19 => Probe::Toil(reader.u32()?),
        20 => Probe::Hoard(reader.u32()?),
        21 => Probe::Parent,
        _ => return Err(Garbled("of no known kind")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comes_back(asked: &Asked) {
        let written = Bytes::from(asked.write().unwrap());
        let read = Asked::read(written.slice(super::super::LENGTH_BYTES..));
        assert_eq!(read.as_ref(), Ok(asked));
        for end in super::super::LENGTH_BYTES..written.len() {
            let cut = written.slice(super::super::LENGTH_BYTES..end);
            assert!(Asked::read(cut).is_err(), "{asked:?} until {end}");
        }
    }

    #[test]
    fn every_job_comes_back_and_no_part_of_it_is_a_message() {
        let file = Bytes::from_static(b"file");
        comes_back(&Asked::Job(Job::Sticker(file.clone())));
        for start_s in [None, Some(-0.0), Some(2.5), Some(f64::INFINITY)] {
            for stills in [false, true] {
                comes_back(&Asked::Job(Job::Clip {
                    source: file.clone(),
                    limits: ClipLimits::default(),
                    start_s,
                    stills,
                }));
                comes_back(&Asked::Job(Job::Draw(Drawing {
                    sticker: file.clone(),
                    colours: vec![0x00ff_00ff, 7, 0, u32::MAX],
                    white: !stills,
                    start_s,
                    stills,
                    film: !stills,
                })));
            }
        }
    }

    #[test]
    fn every_probe_comes_back() {
        for tag in 3..=21 {
            let mut message = vec![tag];
            if matches!(tag, 3 | 18..=20) {
                message.extend_from_slice(&[0; 4]);
            }
            let asked = Asked::read(Bytes::from(message)).unwrap();
            comes_back(&asked);
        }
        assert!(Asked::read(Bytes::from_static(&[22])).is_err());
    }

    #[test]
    fn five_colours_are_no_message() {
        let drawing = Drawing {
            sticker: Bytes::new(),
            colours: vec![0; 5],
            white: false,
            start_s: None,
            stills: true,
            film: false,
        };
        assert!(Asked::Job(Job::Draw(drawing)).write().is_err());
        assert!(Asked::read(Bytes::from_static(&[1, 0, 0, 0, 0, 5])).is_err());
    }
}
