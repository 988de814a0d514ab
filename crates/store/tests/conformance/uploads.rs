//! Files on their way in.

use store::rows::uploads::{self, UploadFileRow, UploadPartRow, UploadSums};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_file_is_written_and_changed,
    parts_are_read_in_order_and_summed,
    a_part_sent_again_replaces_the_first,
    expired_files_are_found_oldest_first,
    deleting_a_file_names_what_waits_in_the_spool,
);

fn file(owner_id: i64, file_id: i64, touched_at: i64) -> UploadFileRow {
    UploadFileRow {
        owner_id,
        file_id,
        total_parts: -1,
        part_bytes: 0,
        is_big: true,
        touched_at,
    }
}

fn part(number: i64) -> UploadPartRow {
    UploadPartRow {
        part: number,
        bytes: 512 * 1024,
        spool_key: format!("00/key.{number}"),
    }
}

async fn a_file_is_written_and_changed(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    uploads::put_file(&mut tx, &file(1, i64::MIN, 10))
        .await
        .unwrap();
    uploads::put_file(&mut tx, &file(1, 5, 10)).await.unwrap();
    let known = UploadFileRow {
        total_parts: 3,
        part_bytes: 1024,
        ..file(1, 5, 20)
    };
    uploads::put_file(&mut tx, &known).await.unwrap();
    assert_eq!(uploads::find_file(&mut tx, 1, 5).await, Ok(Some(known)));
    assert_eq!(uploads::find_file(&mut tx, 2, 5).await, Ok(None));
    assert_eq!(uploads::of_owner(&mut tx, 1).await, Ok(vec![i64::MIN, 5]));
}

async fn parts_are_read_in_order_and_summed(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let empty = UploadSums {
        parts: 0,
        last_part: -1,
        bytes: 0,
    };
    assert_eq!(uploads::sums(&mut tx, 1, 5).await, Ok(empty));
    for number in [7, 0, 2, 1] {
        assert_eq!(
            uploads::put_part(&mut tx, 1, 5, &part(number)).await,
            Ok(None)
        );
    }
    uploads::put_part(&mut tx, 2, 5, &part(9)).await.unwrap();
    let all = uploads::parts(&mut tx, 1, 5, 0, 10).await;
    assert_eq!(all, Ok(vec![part(0), part(1), part(2), part(7)]));
    assert_eq!(
        uploads::parts(&mut tx, 1, 5, 1, 2).await,
        Ok(vec![part(1), part(2)])
    );
    let sums = UploadSums {
        parts: 4,
        last_part: 7,
        bytes: 4 * 512 * 1024,
    };
    assert_eq!(uploads::sums(&mut tx, 1, 5).await, Ok(sums));
    assert_eq!(uploads::waiting(&mut tx, 1).await, Ok((sums.bytes, 0)));
    assert_eq!(uploads::waiting(&mut tx, 3).await, Ok((0, 0)));
    assert_eq!(
        uploads::find_part(&mut tx, 1, 5, 2).await,
        Ok(Some(part(2)))
    );
    assert_eq!(uploads::find_part(&mut tx, 1, 5, 3).await, Ok(None));
}

async fn a_part_sent_again_replaces_the_first(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    uploads::put_part(&mut tx, 1, 5, &part(0)).await.unwrap();
    let again = UploadPartRow {
        bytes: 9,
        spool_key: "01/again".into(),
        ..part(0)
    };
    let replaced = uploads::put_part(&mut tx, 1, 5, &again).await;
    assert_eq!(replaced, Ok(Some(part(0).spool_key)));
    assert_eq!(uploads::parts(&mut tx, 1, 5, 0, 10).await, Ok(vec![again]));
}

async fn expired_files_are_found_oldest_first(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (file_id, touched_at) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        uploads::put_file(&mut tx, &file(9, file_id, touched_at))
            .await
            .unwrap();
    }
    assert_eq!(
        uploads::expired(&mut tx, 40, 10).await,
        Ok(vec![(9, 2), (9, 3), (9, 1)])
    );
    assert_eq!(uploads::expired(&mut tx, 40, 1).await, Ok(vec![(9, 2)]));
    assert_eq!(uploads::expired(&mut tx, 10, 10).await, Ok(Vec::new()));
}

async fn deleting_a_file_names_what_waits_in_the_spool(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for file_id in [5, 6] {
        uploads::put_file(&mut tx, &file(1, file_id, 10))
            .await
            .unwrap();
        for number in 0..3 {
            uploads::put_part(&mut tx, 1, file_id, &part(number))
                .await
                .unwrap();
        }
    }
    let mut waiting = uploads::delete_file(&mut tx, 1, 5).await.unwrap();
    waiting.sort_unstable();
    assert_eq!(waiting, ["00/key.0", "00/key.1", "00/key.2"]);
    assert_eq!(uploads::find_file(&mut tx, 1, 5).await, Ok(None));
    assert_eq!(uploads::delete_file(&mut tx, 1, 5).await, Ok(Vec::new()));
    assert_eq!(uploads::sums(&mut tx, 1, 6).await.unwrap().parts, 3);
}
