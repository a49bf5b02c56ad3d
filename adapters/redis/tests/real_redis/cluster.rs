//! A Cluster of three masters, also while keys move from one to another.

use redis::cluster::ClusterClient;
use redox_auth_redis::RedisTokens;
use redox_auth_reqwest::SharedTokens;

use crate::connections::serves;
use crate::support::{
    Admin, MINUTE, NAME, PATIENCE, RECORD, Server, TOKEN_KEY, TURN_KEY, free_port, holder, key,
    record,
};

#[tokio::test]
async fn the_token_is_where_its_slot_is_also_when_that_moves() {
    let cluster = Cluster::start().await;
    let [mut old, mut new, mut other] = cluster.admins().await;
    let tokens = tokens(&cluster.url()).await;
    serves(&tokens).await;
    assert_eq!(keys(&mut old).await, [TOKEN_KEY, TURN_KEY]);

    let slot: u16 = old.ask(&format!("CLUSTER KEYSLOT {TOKEN_KEY}")).await;
    let old_id: String = old.ask("CLUSTER MYID").await;
    let new_id: String = new.ask("CLUSTER MYID").await;
    let setslot = |what: &str| format!("CLUSTER SETSLOT {slot} {what}");
    let () = new.ask(&setslot(&format!("IMPORTING {old_id}"))).await;
    let () = old.ask(&setslot(&format!("MIGRATING {new_id}"))).await;
    let new_port = cluster.ports[1];
    for key in [TOKEN_KEY, TURN_KEY] {
        let migrate = format!("MIGRATE 127.0.0.1 {new_port} {key} 0 30000");
        let () = old.ask(&migrate).await;
    }
    assert_eq!(record(&tokens).await, RECORD);
    for master in [&mut new, &mut old] {
        let () = master.ask(&setslot(&format!("NODE {new_id}"))).await;
    }
    tokens.store(b"the next one", MINUTE).await.unwrap();
    assert_eq!(record(&tokens).await, b"the next one");
    assert!(!tokens.take_turn(holder(1), MINUTE).await.unwrap());
    assert_eq!(keys(&mut new).await, [TOKEN_KEY, TURN_KEY]);
    assert_eq!(keys(&mut other).await, [""; 0]);

    // The client was told that it asked the wrong one.
    let errors: String = old.ask("INFO errorstats").await;
    for error in ["errorstat_ASK:", "errorstat_MOVED:"] {
        assert!(errors.contains(error), "{errors}");
    }
}

async fn keys(master: &mut Admin) -> Vec<String> {
    let mut keys: Vec<String> = master.ask("KEYS *").await;
    keys.sort();
    keys
}

/// The masters of a Cluster, each with a third of the slots; the first one has those of the token.
pub(crate) struct Cluster {
    pub(crate) masters: [Server; 3],
    ports: [u16; 3],
}

impl Cluster {
    pub(crate) async fn start() -> Self {
        let ports = [free_port(), free_port(), free_port()];
        let bus_ports = [free_port(), free_port(), free_port()];
        let masters = [0, 1, 2].map(|index| {
            let (port, bus_port) = (ports[index], bus_ports[index]);
            Server::with(&format!(
                "--bind 127.0.0.1 --port {port} --cluster-enabled yes --cluster-port {bus_port}"
            ))
        });
        let cluster = Self { masters, ports };
        let mut admins = cluster.admins().await;
        for (admin, slots) in admins
            .iter_mut()
            .zip(["5461 10922", "0 5460", "10923 16383"])
        {
            let () = admin.ask(&format!("CLUSTER ADDSLOTSRANGE {slots}")).await;
        }
        for (port, bus_port) in ports.iter().zip(bus_ports).skip(1) {
            let meet = format!("CLUSTER MEET 127.0.0.1 {port} {bus_port}");
            let () = admins[0].ask(&meet).await;
        }
        cluster.becomes_whole().await;
        cluster
    }

    /// Waits until every master knows a living one for every slot.
    pub(crate) async fn becomes_whole(&self) {
        for mut admin in self.admins().await {
            while !admin
                .ask::<String>("CLUSTER INFO")
                .await
                .starts_with("cluster_state:ok")
            {
                // There is no replica, so it answers when these milliseconds are over.
                let _: i64 = admin.ask("WAIT 1 20").await;
            }
        }
    }

    async fn admins(&self) -> [Admin; 3] {
        let [first, second, third] = &self.masters;
        [
            first.admin().await,
            second.admin().await,
            third.admin().await,
        ]
    }

    /// The URL of a master that does not hold the token.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.ports[2])
    }
}

/// The token in the Cluster that the master at this URL belongs to.
pub(crate) async fn tokens(url: &str) -> RedisTokens {
    let client = ClusterClient::builder([url])
        .connection_timeout(PATIENCE)
        .response_timeout(PATIENCE)
        .build()
        .unwrap();
    let connection = client.get_async_connection().await.unwrap();
    RedisTokens::over(connection, key(1), NAME).timeout(PATIENCE)
}
