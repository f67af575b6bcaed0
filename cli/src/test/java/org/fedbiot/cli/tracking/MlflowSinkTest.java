package org.fedbiot.cli.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.RunOutcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MlflowSinkTest {

    private MlflowStub mlflow;

    @BeforeEach
    void start() throws IOException {
        mlflow = new MlflowStub();
    }

    @AfterEach
    void stop() {
        mlflow.close();
    }

    @Test
    void shouldLogEveryPointOfARunAndItsParametersOnce() {
        // When
        sink().bringUpTo(TrackedRun.ended(3, RunOutcome.COMPLETED));

        // Then
        assertThat(mlflow.metrics).hasSameSizeAs(RunPoints.of(TrackedRun.after(3))).doesNotHaveDuplicates()
                .contains("train/loss@3=0.125", "traffic/down_bytes@1=2000.0", "eval/adap_fu/nll@0=1.5");
        assertThat(mlflow.parameters).containsEntry("lora.rank", "8").containsEntry("federation.rounds", "3");
        assertThat(mlflow.status).isEqualTo("FINISHED");
    }

    @Test
    void shouldDoubleNothingAfterARestartInTheMiddle() {
        // Given
        sink().bringUpTo(TrackedRun.after(3));

        // When
        MlflowSink restarted = sink();
        restarted.bringUpTo(TrackedRun.after(3));
        restarted.bringUpTo(TrackedRun.after(4));

        // Then
        assertThat(mlflow.metrics).doesNotHaveDuplicates().hasSameSizeAs(RunPoints.of(TrackedRun.after(4)));
        assertThat(mlflow.calls).filteredOn("runs/create"::equals).hasSize(1);
        assertThat(mlflow.calls).filteredOn("experiments/create"::equals).hasSize(1);
        assertThat(mlflow.status).isEqualTo("RUNNING");
    }

    @Test
    void shouldAskNothingWhileNothingIsNew() {
        // Given
        MlflowSink sink = sink();
        sink.bringUpTo(TrackedRun.after(2));
        int before = mlflow.calls.size();

        // When
        sink.bringUpTo(TrackedRun.after(2));

        // Then
        assertThat(mlflow.calls).hasSize(before);
    }

    @Test
    void shouldSayThatARunWasCancelled() {
        // When
        sink().bringUpTo(TrackedRun.ended(1, RunOutcome.CANCELLED));

        // Then
        assertThat(mlflow.status).isEqualTo("KILLED");
    }

    @Test
    void shouldNameAServerThatDoesNotAnswer() {
        // Given
        URI nobody = mlflow.uri();
        mlflow.close();

        // Then
        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> new MlflowSink(new MlflowApi(nobody, Optional.empty()), "fedbiot", TrackedRun.RUN)
                        .bringUpTo(TrackedRun.after(1)))
                .withMessageStartingWith("MLflow at http://localhost:");
    }

    private MlflowSink sink() {
        return new MlflowSink(new MlflowApi(mlflow.uri(), Optional.empty()), "fedbiot", TrackedRun.RUN);
    }
}
