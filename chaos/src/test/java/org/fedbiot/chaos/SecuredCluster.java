package org.fedbiot.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.fedbiot.cli.local.Layout;
import org.fedbiot.cli.local.LocalClusterAccess;
import org.fedbiot.cli.local.LocalClusterFiles;
import org.fedbiot.cli.local.LocalProcess;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/** What {@code infra/local-cluster} starts, each process in a JVM of its own, with the trial's clients and text. */
final class SecuredCluster implements AutoCloseable {

    private static final int BROKERS = 3;
    private static final int AGGREGATORS = 2;
    private static final int MOST_OWN_EXITS = 12;
    private static final long BETWEEN_LOOKS_MILLIS = 200;

    private final Path directory;
    private final Map<String, LocalProcess> processes = new LinkedHashMap<>();
    private final Map<String, ChildProcess> running = new LinkedHashMap<>();
    private final List<String> ownExits = new ArrayList<>();
    private final KafkaSettings operator;

    /** Writes its files; nothing runs yet. */
    SecuredCluster(Path directory, TrialFiles files) throws IOException {
        this.directory = directory.toAbsolutePath();
        LocalClusterFiles.write(this.directory, new Layout(BROKERS, AGGREGATORS, TrialFiles.CLIENTS))
                .forEach(process -> processes.put(process.name(), process));
        for (String client : TrialFiles.CLIENTS) {
            Path home = LocalClusterFiles.client(this.directory, client);
            Files.copy(files.training(client), home.resolve("train.jsonl"));
            Files.copy(files.heldOut(client), home.resolve("held-out.jsonl"));
        }
        this.operator = LocalClusterFiles.operator(this.directory);
    }

    KafkaSettings operator() {
        return operator;
    }

    /** Starts all at once but these, and waits until the cluster is open to its clients. */
    void startAllBut(String... later) {
        Set<String> names = new TreeSet<>(processes.keySet());
        Arrays.asList(later).forEach(names::remove);
        names.forEach(this::start);
        LocalClusterAccess.prepare(directory);
    }

    void start(String name) {
        LocalProcess process = processes.get(name);
        List<String> words = new ArrayList<>(List.of(process.command().split(" ")));
        words.add(directory.resolve(name + ".yaml").toString());
        running.put(name, ChildProcess.start(words, LocalClusterFiles.environment(directory, name),
                directory.resolve(name + ".log")));
    }

    /** SIGTERM: gives its exit code. */
    int stop(String name) {
        return running.remove(name).stop();
    }

    /** As whoever rolls out a new release does it: the next process is touched when this one is gone and started again. */
    int restart(String name) {
        int code = stop(name);
        start(name);
        return code;
    }

    void kill(String name) {
        ChildProcess process = running.remove(name);
        process.kill();
        process.awaitKilled();
    }

    void submit(RunSpec spec) {
        try (EventProducer producer = new EventProducer(operator, "trial-submit")) {
            producer.send(Topics.COMMAND, EventKeys.run(spec.getRunId()), new RunSubmitted(spec));
        }
    }

    /** Starts again what has ended by itself. */
    void supervise() {
        for (String name : List.copyOf(running.keySet())) {
            ChildProcess process = running.get(name);
            if (!process.isAlive()) {
                ownExits.add(name + " (exit " + process.exitCode() + "): " + process.lastLine());
                if (ownExits.size() > MOST_OWN_EXITS) {
                    throw new IllegalStateException("processes end by themselves over and over: " + ownExits);
                }
                start(name);
            }
        }
    }

    List<String> ownExits() {
        return List.copyOf(ownExits);
    }

    /** Returns when every copy of every partition is up to date, so that another broker may go. */
    void awaitInSync() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(operator.admin())) {
            while (!isInSync(admin)) {
                supervise();
                running.get("registry").endsWithin(BETWEEN_LOOKS_MILLIS);
            }
        }
    }

    private static boolean isInSync(Admin admin) throws ExecutionException, InterruptedException {
        Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
        return admin.describeTopics(names).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.isr().size() == BROKERS);
    }

    /** Asks all to end, what the others need last; gives their exit codes. */
    Map<String, Integer> stopAll() {
        Map<String, Integer> codes = new TreeMap<>();
        codes.putAll(stopTogether(name -> !isBroker(name) && !name.equals("registry")));
        codes.putAll(stopTogether(name -> !isBroker(name)));
        codes.putAll(stopTogether(name -> true));
        return codes;
    }

    private Map<String, Integer> stopTogether(Predicate<String> chosen) {
        List<String> names = running.keySet().stream().filter(chosen).toList();
        names.forEach(name -> running.get(name).terminate());
        return names.stream().collect(Collectors.toMap(Function.identity(), this::stop));
    }

    private static boolean isBroker(String name) {
        return name.startsWith("broker-");
    }

    /** Kills what is still up. */
    @Override
    public void close() {
        running.values().forEach(ChildProcess::kill);
        running.values().forEach(ChildProcess::awaitKilled);
    }
}
