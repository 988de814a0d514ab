//! The picture rules against a plain model of them, over thousands of random steps of several people:
//! after every step every pair sees what the model says, and exactly those were told who must be.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod chat_deeds;
mod chats;
mod checks;
#[path = "../house/mod.rs"]
mod house;
mod privacy;
mod rules;
mod steps;
mod world;

use std::collections::BTreeSet;

use house::Engine;
use rules::{Deed, Model, Sight};
use steps::{Seeded, Step};
use world::World;

/// Steps of one seed.
const STEPS: usize = 2_000;
/// On an engine on the other side of a socket.
const STEPS_POSTGRES: usize = 150;
/// After so many steps every list and file is looked at, not only those that the step concerned.
const ALL_EVERY_STEPS: usize = 200;
/// Runs that are spent on making a failure shorter.
const SHRINK_RUNS: usize = 60;

/// A run that went wrong.
struct Failed {
    /// At which step.
    at: usize,
    why: String,
    /// What was done until then.
    deeds: Vec<Deed>,
}

async fn run(engine: Engine, steps: &[Step]) -> Result<(), Failed> {
    let mut model = Model::default();
    let mut world = World::new(engine, &mut model).await;
    let mut deeds = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let Some(deed) = step.deed(&model) else {
            continue;
        };
        deeds.push(deed.clone());
        let all = at % ALL_EVERY_STEPS == 0 || at + 1 == steps.len();
        if let Err(why) = one(&mut world, &mut model, &deed, all).await {
            return Err(Failed { at, why, deeds });
        }
    }
    Ok(())
}

/// One step in both, and everything that must be the same after it.
async fn one(world: &mut World, model: &mut Model, deed: &Deed, all: bool) -> Result<(), String> {
    let before = model.clone();
    let came = world.act(deed).await;
    model.now = world.now();
    let newest = model.photos.keys().last().copied().unwrap_or(0);
    let fresh = came.outcome.as_ref().ok().copied().flatten().unwrap_or(0);
    let by_rules = model.apply(deed, came.chat.unwrap_or(fresh));
    let outcome = came.outcome.as_ref().map(|_| ()).map_err(String::as_str);
    if outcome != by_rules {
        return Err(format!("came to {outcome:?}, by the rules {by_rules:?}"));
    }
    let made = model
        .photos
        .keys()
        .any(|photo| !before.photos.contains_key(photo));
    if made != (fresh > newest) {
        return Err(format!("the new photo has id {fresh} after {newest}"));
    }
    if let (Deed::Delete { by, .. }, Some(deleted)) = (deed, &came.deleted) {
        let gone: BTreeSet<i64> = before
            .person(*by)
            .list
            .difference(&model.person(*by).list)
            .copied()
            .collect();
        if gone != deleted.iter().copied().collect() || gone.len() != deleted.len() {
            return Err(format!(
                "said to have deleted {deleted:?}, by the rules {gone:?}"
            ));
        }
    }
    world.looks_like(model).await?;
    world.told_like((&before, model), deed).await?;
    let looks = if all {
        Looks::all(model)
    } else {
        Looks::concerned(&before, model)
    };
    world.opens_like(model, &looks).await?;
    if all || matches!(deed, Deed::Sweep) {
        world.is_whole(model).await?;
    }
    Ok(())
}

/// Which lists and files are opened by whom.
#[derive(Default)]
struct Looks {
    /// Viewers and owners.
    lists: BTreeSet<(i64, i64)>,
    /// Viewers and photos.
    files: BTreeSet<(i64, i64)>,
}

impl Looks {
    fn all(model: &Model) -> Self {
        let mut looks = Self::default();
        for viewer in model.alive() {
            let (owners, photos) = (model.people.keys(), model.photos.keys());
            looks.lists.extend(owners.map(|owner| (viewer, *owner)));
            looks.files.extend(photos.map(|photo| (viewer, *photo)));
        }
        looks
    }

    /// Whoever sees something else of an owner or chat now, or may fetch a photo or may not any more; each
    /// with a witness for whom nothing should have changed. Photos that are gone are among them.
    fn concerned(before: &Model, model: &Model) -> Self {
        let mut looks = Self::default();
        let known: Vec<i64> = before.people.keys().copied().collect();
        for viewer in model.alive() {
            if !before.people.contains_key(&viewer) {
                continue;
            }
            for owner in &known {
                let (was, is) = (before.sight(viewer, *owner), model.sight(viewer, *owner));
                if was != is || before.list(viewer, *owner) != model.list(viewer, *owner) {
                    looks.lists.insert((viewer, *owner));
                }
                if was != is {
                    let photos = ids(was).chain(ids(is));
                    looks.files.extend(photos.map(|photo| (viewer, photo)));
                }
            }
            for chat in before.chats.keys() {
                let was = before.shown_of_chat(viewer, *chat);
                let is = model.shown_of_chat(viewer, *chat);
                let photos = was.into_iter().chain(is).filter(|_| was != is);
                looks.files.extend(photos.map(|photo| (viewer, photo)));
            }
            for photo in before.photos.keys().chain(model.photos.keys()) {
                if before.may_fetch(viewer, *photo) != model.may_fetch(viewer, *photo) {
                    looks.files.insert((viewer, *photo));
                }
            }
        }
        let alive = model.alive();
        for looked in [&mut looks.lists, &mut looks.files] {
            let at: BTreeSet<i64> = looked.iter().map(|(_, at)| *at).collect();
            let witness = |at: &i64| alive[(model.now + at).unsigned_abs() as usize % alive.len()];
            looked.extend(at.iter().map(|at| (witness(at), *at)));
        }
        looks
    }
}

fn ids(sight: Sight) -> impl Iterator<Item = i64> {
    [sight.personal, sight.main, sight.fallback]
        .into_iter()
        .flatten()
}

/// Runs the steps of a seed; what fails is made shorter and told.
async fn seed(engine: Engine, seed: u64, count: usize) {
    let steps = Seeded(seed).steps(count);
    let Err(mut failed) = run(engine, &steps).await else {
        return;
    };
    let mut steps = steps[..=failed.at].to_vec();
    let (mut part, mut runs) = (steps.len() / 2, 0);
    while part > 0 && runs < SHRINK_RUNS {
        let mut from = 0;
        while from < steps.len() && runs < SHRINK_RUNS {
            let mut fewer = steps.clone();
            fewer.drain(from..(from + part).min(steps.len()));
            runs += 1;
            match run(engine, &fewer).await {
                Err(again) => {
                    steps = fewer[..=again.at].to_vec();
                    failed = again;
                }
                Ok(()) => from += part,
            }
        }
        part /= 2;
    }
    let deeds: Vec<String> = failed
        .deeds
        .iter()
        .map(|deed| format!("{deed:?}"))
        .collect();
    panic!(
        "seed {seed}, {engine:?}: {}\n{}",
        failed.why,
        deeds.join("\n")
    );
}

macro_rules! seeds {
    ($($name:ident = $seed:expr),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                seed(Engine::Sqlite, $seed, STEPS).await;
            }
        )+
    };
}

seeds! { one_seed = 1, another_seed = 2 }

/// `CAMEO_TEST_SEED`: a seed of your own, as long as the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seed_of_choice() {
    if let Ok(chosen) = std::env::var("CAMEO_TEST_SEED") {
        seed(Engine::Sqlite, chosen.parse().unwrap(), STEPS).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_engine_has_the_same_rules() {
    if Engine::Postgres.is_there() {
        seed(Engine::Postgres, 5, STEPS_POSTGRES).await;
    }
}
