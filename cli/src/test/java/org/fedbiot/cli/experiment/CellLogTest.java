package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.simulation.RecordFiles;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellLogTest {

    @TempDir
    Path temp;

    @Test
    void shouldReadBackTheEventsThatWereWritten() {
        // Given bytes of every value, a number that is none, a record and nulls
        byte[] signature = new byte[256];
        for (int i = 0; i < signature.length; i++) {
            signature[i] = (byte) i;
        }
        AlignmentLoss loss = new AlignmentLoss(0.1, Double.NaN, Double.POSITIVE_INFINITY);
        RunRecord run = record(
                ServerTaskCompleted.newBuilder().setRunId("run-1").setTaskId("align").setKind(TaskKind.ALIGN)
                        .setWorker("server-1").setDurationMillis(1_000)
                        .setAlignment(AlignmentResult.newBuilder().setEmulatorVersion(1).setEmulatorSha256("e")
                                .setAdapterVersion(1).setSteps(3).setBefore(loss).setAfter(loss).build()).build(),
                ClientReported.newBuilder().setRunId("run-1").setRound(1).setClientId("caf\u00e9").setBaseSha256("base")
                        .setAdapterSha256("a").setEmulatorSha256("e").setBytesUp(1L << 40).setBytesDown(700)
                        .setBootstrapBytes(4_000).setTrainingMillis(9).setSignature(ByteBuffer.wrap(signature)).build(),
                RunEnded.newBuilder().setRunId("run-1").setOutcome(RunOutcome.COMPLETED).build());

        RecordFiles.write(run, temp);

        List<RunRecord.Entry> read = CellLog.read(temp, "run-1").entries();
        assertThat(read.subList(1, 3)).isEqualTo(run.entries().subList(1, 3));
        // Avro holds no record with a NaN equal to another.
        assertThat(read.get(0)).hasToString(run.entries().get(0).toString());
    }

    @Test
    void shouldNameTheLineThatIsNone() throws IOException {
        RecordFiles.write(record(RunEnded.newBuilder().setRunId("run-1").setOutcome(RunOutcome.COMPLETED).build()), temp);
        Path file = temp.resolve("events.jsonl");
        Files.writeString(file, Files.readString(file) + Files.readString(file).replace("COMPLETED", "LOST"));

        assertThatThrownBy(() -> CellLog.read(temp, "run-1")).isInstanceOf(UserError.class)
                .hasMessageContaining("events.jsonl:2: ").hasMessageContaining("RunEnded.outcome")
                .hasMessageContaining("LOST");
    }

    private static RunRecord record(SpecificRecord... events) {
        RunRecord run = new RunRecord("run-1");
        for (SpecificRecord event : List.of(events)) {
            run.add(new RunRecord.Entry(event instanceof ClientReported ? Topics.CLIENT_PRESENCE.name()
                    : Topics.DECISION.name(), 0, run.entries().size(), 1_000L + run.entries().size(), event));
        }
        return run;
    }
}
