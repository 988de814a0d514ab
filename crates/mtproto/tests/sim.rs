//! Many clients' lives under faults: lines cut at any byte, takeovers before the server notices,
//! slow and reordered calls, repetitions, long absences, restarts. Time is virtual and everything
//! follows from a seed, which every failure names; `SIM_SEED` replays one.

#[path = "sim/network.rs"]
mod network;
#[path = "sim/peer.rs"]
mod peer;
#[path = "sim/world.rs"]
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use mtproto::Shared;
use mtproto::crypto::Random;
use mtproto::handshake::{Config, RsaKeys};
use mtproto::salts::Salts;

use peer::Stats;
use world::World;

/// Seeds of one run. Chosen: what takes some seconds.
const SEEDS: u64 = 1_000;
/// Things that happen to one world.
const STEPS: u64 = 60;

fn shared() -> Arc<Shared> {
    let mut random = Random::new([1; 32]);
    let handshake = Arc::new(Config::new(RsaKeys::new(Vec::new()), &mut random));
    Arc::new(Shared {
        salts: Salts::new([3; 32]),
        handshake,
    })
}

#[test]
fn calls_run_once_and_are_answered_whatever_happens_to_the_lines() {
    let shared = shared();
    let one = std::env::var("SIM_SEED")
        .ok()
        .and_then(|seed| seed.parse::<u64>().ok());
    let seeds = one.map_or(0..SEEDS, |seed| seed..seed + 1);
    let mut total = Stats::default();
    for seed in seeds {
        let world = catch_unwind(AssertUnwindSafe(|| live(seed, &shared)));
        match world {
            Ok(stats) => add(&mut total, stats),
            Err(panic) => {
                eprintln!("simulation failed with seed {seed}; replay with SIM_SEED={seed}");
                std::panic::resume_unwind(panic);
            }
        }
    }
    if one.is_none() {
        let Stats {
            calls,
            answers,
            repeats,
            cuts,
            takeovers,
            bad_salts,
            updates,
            lags,
            restarts,
        } = total;
        let exercised = [
            answers, repeats, cuts, takeovers, bad_salts, updates, lags, restarts,
        ];
        assert!(exercised.iter().all(|count| *count > 50), "{total:?}");
        assert_eq!(calls, answers, "{total:?}");
    }
}

fn add(total: &mut Stats, stats: Stats) {
    total.calls += stats.calls;
    total.answers += stats.answers;
    total.repeats += stats.repeats;
    total.cuts += stats.cuts;
    total.takeovers += stats.takeovers;
    total.bad_salts += stats.bad_salts;
    total.updates += stats.updates;
    total.lags += stats.lags;
    total.restarts += stats.restarts;
}

/// One world from its beginning to its checked end.
fn live(seed: u64, shared: &Arc<Shared>) -> Stats {
    let mut world = World::new(seed, Arc::clone(shared));
    for _ in 0..STEPS {
        let peer = world.random.below(world.peers.len() as u64) as usize;
        step(&mut world, peer);
        let pause = match world.random.below(60) {
            0 => Duration::from_secs(world.random.below(3_000)),
            1..10 => Duration::from_millis(world.random.below(20_000)),
            _ => Duration::from_millis(world.random.below(400)),
        };
        world.run_until(world.now.plus(pause));
    }
    calm(&mut world);
    for peer in &world.peers {
        peer.check(world.restarted);
    }
    world.stats
}

fn step(world: &mut World, peer: usize) {
    if !world.connected(peer) {
        return world.connect(peer);
    }
    match world.random.below(100) {
        0..45 => world.call(peer),
        45..55 => world.flush(peer),
        55..60 => world.ping(peer),
        60..70 => world.repeat(peer),
        70..72 => world.push(peer, 200),
        72..87 => world.push(peer, 2),
        87..99 => world.cut(peer),
        _ => world.restart(),
    }
}

/// No more faults: everything that is owed has to arrive.
fn calm(world: &mut World) {
    for _ in 0..20 {
        for peer in 0..world.peers.len() {
            if !world.connected(peer) {
                world.connect(peer);
            }
            world.ping(peer); // so that the server knows where the client is
            world.repeat(peer);
        }
        world.run_until(world.now.plus(Duration::from_secs(15)));
    }
    for peer in 0..world.peers.len() {
        world.flush(peer);
    }
    world.run_until(world.now.plus(Duration::from_secs(15)));
}
