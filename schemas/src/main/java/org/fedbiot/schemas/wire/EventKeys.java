package org.fedbiot.schemas.wire;

/** Record keys: identity, readable in a console consumer, as the catalogue's key column says. */
public final class EventKeys {

    private EventKeys() {
    }

    public static String run(String runId) {
        return runId;
    }

    public static String round(String runId, int round) {
        return runId + "/" + round;
    }

    public static String client(String runId, int round, String clientId) {
        return runId + "/" + round + "/" + clientId;
    }

    public static String shard(String runId, int round, String clientId, int shard) {
        return runId + "/" + round + "/" + clientId + "/" + shard;
    }

    public static String task(String runId, String taskId) {
        return runId + "/" + taskId;
    }

    public static String version(String runId, int version) {
        return runId + "/" + version;
    }

    public static String adapterShard(String runId, int version, int shard) {
        return runId + "/" + version + "/" + shard;
    }

    public static String moment(String runId, int version, int shard, int moment) {
        return runId + "/" + version + "/" + shard + "/" + moment;
    }

    public static String chunk(String runId, String sha256) {
        return runId + "/" + sha256;
    }

    /** Of a dead letter: where the record that could not be used lies. */
    public static String origin(String topic, int partition, long offset) {
        return topic + "/" + partition + "/" + offset;
    }
}
