//! Runs every case of a test file on every engine.

/// One test per case and engine; a case is an `async fn(Engine)`.
macro_rules! on_every_engine {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::$case(crate::house::Engine::Sqlite).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    if crate::house::Engine::Postgres.is_there() {
                        super::$case(crate::house::Engine::Postgres).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_every_engine;
