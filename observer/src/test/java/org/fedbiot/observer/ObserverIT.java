package org.fedbiot.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ObserverIT {

    @TempDir
    private static Path directory;
    private static EmbeddedKafka kafka;
    private static EmbeddedRegistry registry;
    private static KafkaSettings settings;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(directory, 0);
        registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
        try (Admin admin = Admin.create(settings.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
    }

    @AfterAll
    static void stop() {
        registry.close();
        kafka.close();
    }

    @Test
    void shouldFollowTheTopicsPastRecordsThatAreNoEvents() throws InterruptedException {
        // Given a run up to its first round, a record in its midst that is no event, and one without a value
        List<LoggedEvent> log = Script.whole().log();
        sendAll(log.subList(0, 20));
        sendBytes(Topics.DECISION.name(), new byte[] {9, 9, 9});
        sendBytes(Topics.CLIENT_PRESENCE.name(), null);

        try (Observer observer = new Observer(settings, "it-observer")) {
            BlockingQueue<Picture> pictures = new LinkedBlockingQueue<>();
            observer.onChange(pictures::add);

            // When an observer starts, and the rest is written while it follows
            observer.start();
            Picture first = observer.caughtUp().join();
            sendAll(log.subList(20, log.size()));
            Picture last = await(pictures, picture -> picture.run(Script.RUN).filter(RunPicture::isOver).isPresent()
                    && picture.deadLetterCount() == 3);

            // Then the picture is that of the log, and the two records are notes in it
            assertThat(first.run(Script.RUN)).hasValueSatisfying(run -> assertThat(run.isOver()).isFalse());
            assertThat(verdicts(last)).isEqualTo(verdicts(Script.whole().picture()));
            assertThat(last.deadLetters()).filteredOn(letter -> letter.process().equals("observer"))
                    .extracting(DeadLetterPicture::topic)
                    .containsExactlyInAnyOrder(Topics.DECISION.name(), Topics.CLIENT_PRESENCE.name());
        }
    }

    @Test
    void shouldNotShowWhatIsNotCommitted() throws InterruptedException {
        try (KafkaProducer<String, SpecificRecord> producer = new KafkaProducer<>(
                settings.transactionalProducer("it-undecided", "it-undecided"));
                Observer observer = new Observer(settings, "it-uncommitted")) {
            BlockingQueue<Picture> pictures = new LinkedBlockingQueue<>();
            observer.onChange(pictures::add);
            observer.start();
            observer.caughtUp().join();
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(Topics.PROCESS_STATUS.name(), "undone",
                    process("undone")));
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(Topics.PROCESS_STATUS.name(), "done", process("done")));
            producer.commitTransaction();

            Picture picture = await(pictures, known -> known.workers().stream()
                    .anyMatch(worker -> worker.id().equals("done")));

            assertThat(picture.workers()).extracting(WorkerPicture::id).doesNotContain("undone");
        }
    }

    private static SpecificRecord process(String name) {
        return new ProcessStarted(name, "coordinator", "0.1.0", "cpu", 1);
    }

    private static List<List<Verdict>> verdicts(Picture picture) {
        return picture.run(Script.RUN).orElseThrow().rounds().stream()
                .map(round -> round.clients().stream().map(ClientRoundPicture::verdict).toList()).toList();
    }

    private static Picture await(BlockingQueue<Picture> pictures, Predicate<Picture> wanted)
            throws InterruptedException {
        Picture picture = pictures.take();
        while (!wanted.test(picture)) {
            picture = pictures.take();
        }
        return picture;
    }

    private static void sendAll(List<LoggedEvent> events) {
        try (EventProducer producer = new EventProducer(settings, "it-writer")) {
            events.forEach(event -> producer.send(Topics.find(event.topic()).orElseThrow(), "key", event.event()));
            producer.awaitAll();
        }
    }

    private static void sendBytes(String topic, byte[] value) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings.producer("it-bytes"),
                new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, "key", value));
            producer.flush();
        }
    }
}
