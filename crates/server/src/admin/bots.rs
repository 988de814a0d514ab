//! `cameo admin bots`: bots and the tokens with which programs sign in to them.

use domain::bots::{self, Bot, NewBot, WithToken};
use domain::host;
use serde_json::{Value, json};

use super::request::{Bots, Who};
use super::{Host, Problem, after, page};

pub(super) async fn answer(host: &Host, asked: Bots) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        Bots::List { owner, page: asked } => {
            let after = after(&asked, 0)?;
            let rows = match owner {
                None => bots::page(services, after, asked.limit.into()).await?,
                Some(owner) => {
                    let owner_id = id(host, &owner).await?;
                    let mut rows = bots::of_owner(services, owner_id).await?;
                    rows.retain(|bot| bot.user_id > after);
                    rows.truncate(asked.limit as usize);
                    rows
                }
            };
            let entries = rows.iter().map(facts).collect();
            Ok(page("bots", entries, asked.limit, "user_id"))
        }
        Bots::Create {
            owner,
            username,
            first_name,
        } => {
            let new = NewBot {
                owner_id: id(host, &owner).await?,
                first_name,
                username: username.trim_start_matches('@').to_owned(),
            };
            Ok(with_token(host, &bots::create(services, &new).await?))
        }
        Bots::Token { bot } => {
            let user_id = id(host, &bot).await?;
            Ok(with_token(host, &bots::new_token(services, user_id).await?))
        }
        Bots::Delete { bot } => {
            let user_id = id(host, &bot).await?;
            let ended = bots::delete(services, user_id).await?;
            host.end_logins(&ended);
            Ok(json!({ "user_id": user_id, "sessions_ended": ended.len() }))
        }
    }
}

fn facts(bot: &Bot) -> Value {
    json!({
        "user_id": bot.user_id,
        "owner_id": bot.owner_id,
        "username": bot.username,
        "first_name": bot.first_name,
        "created_at": bot.created_at,
    })
}

/// The one answer that holds a token. It is printed, never logged.
fn with_token(host: &Host, made: &WithToken) -> Value {
    host.end_logins(&made.ended);
    json!({
        "user_id": made.user_id,
        "token": made.token,
        "sessions_ended": made.ended.len(),
    })
}

async fn id(host: &Host, who: &Who) -> Result<i64, Problem> {
    let mut tx = host.services.store.read().await?;
    Ok(host::find(&mut tx, &who.0).await?.user_id)
}
