package org.fedbiot.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fedbiot.cli.process.ClientKeyFile;
import org.fedbiot.cli.process.ClusterWait;
import org.fedbiot.cli.process.KeyRegisterCommand;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * All processes of one trial, and whoever starts them again: after a kill when its time has come, after an exit of its
 * own at once, as a supervisor would.
 */
final class TrialCluster implements AutoCloseable {

    private static final int MOST_OWN_EXITS = 12;

    private final Path directory;
    private final TrialFiles files;
    private final String queue;
    private final int port = freePort();
    private final int registryPort = freePort();
    private final Map<Member, ChildProcess> processes = new LinkedHashMap<>();
    private final Map<Member, Long> restarts = new LinkedHashMap<>();
    private final List<String> ownExits = new ArrayList<>();

    /**
     * Starts everything at once; the order does not matter.
     *
     * @param directory of this trial alone
     * @param aggregators how many share the work
     */
    TrialCluster(Path directory, TrialFiles files, int aggregators) {
        this(directory, files, aggregators, 1, "auto");
    }

    /**
     * As above, with several server workers.
     *
     * @param queue where their tasks come from, as their option has it
     */
    TrialCluster(Path directory, TrialFiles files, int aggregators, int serverWorkers, String queue) {
        this.queue = queue;
        this.directory = directory.toAbsolutePath();
        this.files = files;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be made", e);
        }
        for (String client : TrialFiles.CLIENTS) {
            start(new Member(Role.CLIENT, client));
        }
        for (int aggregator = 1; aggregator <= aggregators; aggregator++) {
            start(new Member(Role.AGGREGATOR, "aggregator-" + aggregator));
        }
        start(new Member(Role.COORDINATOR, "coordinator"));
        for (int worker = 1; worker <= serverWorkers; worker++) {
            start(new Member(Role.SERVER_WORKER, "server-" + worker));
        }
        start(new Member(Role.BROKER, "broker"));
    }

    KafkaSettings kafka() {
        return new KafkaSettings("127.0.0.1:" + port, "http://127.0.0.1:" + registryPort);
    }

    /** Registers the clients and submits a run, once the broker is there. */
    void submit(RunSpec spec) {
        ChildProcess broker = processes.get(members(Role.BROKER).get(0));
        if (!ClusterWait.await(kafka(), org.fedbiot.schemas.topic.Role.OPERATOR, broker::endsWithin)) {
            throw new IllegalStateException("the broker ended: " + broker.lastLine());
        }
        TrialFiles.CLIENTS.forEach(client ->
                KeyRegisterCommand.register(kafka(), ClientKeyFile.read(files.key(client))));
        try (EventProducer operator = new EventProducer(kafka(), "trial-submit")) {
            operator.send(Topics.COMMAND, EventKeys.run(spec.getRunId()), new RunSubmitted(spec));
        }
    }

    List<Member> members(Role role) {
        return processes.keySet().stream().filter(member -> member.role() == role).toList();
    }

    boolean isUp(Member member) {
        return processes.get(member).isAlive();
    }

    /** Kills them together; they stay down until {@link #supervise} finds that their time has come. */
    void kill(List<Member> members, long restartAtNanos) {
        members.forEach(member -> restarts.put(member, restartAtNanos));
        List<ChildProcess> victims = members.stream().map(processes::get).toList();
        victims.forEach(ChildProcess::kill);
        victims.forEach(ChildProcess::awaitKilled);
    }

    /** Starts what was killed and is not due yet. */
    void startAgain(List<Member> members) {
        members.forEach(member -> restarts.put(member, System.nanoTime()));
        supervise();
    }

    /** Starts whatever is due, or has ended by itself. */
    void supervise() {
        for (Member member : List.copyOf(processes.keySet())) {
            ChildProcess process = processes.get(member);
            if (process.isAlive()) {
                continue;
            }
            Long due = restarts.get(member);
            if (due == null) {
                ownExits.add(member + " (exit " + process.exitCode() + "): " + process.lastLine());
                if (ownExits.size() > MOST_OWN_EXITS) {
                    throw new IllegalStateException("processes end by themselves over and over: " + ownExits);
                }
                start(member);
            } else if (System.nanoTime() >= due) {
                restarts.remove(member);
                start(member);
            }
        }
    }

    /** Whether somebody is still to be started again. */
    boolean hasDown() {
        return !processes.values().stream().allMatch(ChildProcess::isAlive);
    }

    /** Exits that nobody asked for, each with the process' last line. */
    List<String> ownExits() {
        return List.copyOf(ownExits);
    }

    /** Asks all to end, the broker last; gives their exit codes. */
    Map<String, Integer> stop() {
        Map<String, Integer> codes = new TreeMap<>();
        processes.forEach((member, process) -> codes.put(member.name(), process.stop()));
        processes.clear();
        return codes;
    }

    /** Kills what is still up. */
    @Override
    public void close() {
        processes.values().forEach(ChildProcess::kill);
        processes.values().forEach(ChildProcess::awaitKilled);
    }

    private void start(Member member) {
        processes.put(member, ChildProcess.start(command(member), directory.resolve(member.name() + ".log")));
    }

    private List<String> command(Member member) {
        String name = member.name();
        return switch (member.role()) {
            case BROKER -> command("broker", "directory=" + directory.resolve("broker"), "port=" + port,
                    "registryPort=" + registryPort);
            case COORDINATOR -> onCluster("coordinator");
            case AGGREGATOR -> onCluster("aggregator", "stateDirectory=" + directory.resolve("state-" + name));
            case SERVER_WORKER -> onCluster("worker server", "id=" + name,
                    "exportDirectory=" + directory.resolve("export"), "queue=" + queue);
            // Shards go out one by one, so that an upload takes long enough to be hit in its middle.
            case CLIENT -> onCluster("worker client",
                    "clients=[{id: " + name + ", key: " + files.key(name) + ", data: " + files.training(name)
                            + ", heldOut: " + files.heldOut(name) + "}]",
                    "cacheDirectory=" + directory.resolve("cache-" + name),
                    "cluster.kafka.producer.batch.size=0",
                    "cluster.kafka.producer.max.in.flight.requests.per.connection=1");
        };
    }

    private List<String> onCluster(String process, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("cluster.bootstrapServers=" + kafka().bootstrapServers());
        all.add("cluster.schemaRegistry=" + kafka().schemaRegistryUrl());
        return command(process, all.toArray(String[]::new));
    }

    private static List<String> command(String process, String... settings) {
        List<String> words = new ArrayList<>(List.of(process.split(" ")));
        for (String setting : settings) {
            words.addAll(List.of("--set", setting));
        }
        return words;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }
}
