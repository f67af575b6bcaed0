package org.fedbiot.cli.experiment.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.learning.data.generated.GeneratedSets;
import org.fedbiot.learning.data.generated.PrivateTask;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.junit.jupiter.api.Test;

class TextMeasureTest {

    private static final PrivateTask TASK = PrivateTask.values()[0];
    private static final String LOCATION = "generated:" + TASK.name().toLowerCase(Locale.ROOT).replace('_', '-');

    private final Tokenizer tokenizer = BaseModel.open(Path.of("..", "models", "fedbiot-small")).tokenizer();

    @Test
    void shouldMeasureWhatClientsAndOwnerHave() {
        // When
        Texts texts = new TextMeasure(Optional.of(tokenizer)).of(spec(1, 10), dealt(1));

        // Then: of the public set 6 records are kept aside, of the owner's the first 10 are used
        GeneratedSets sets = GeneratedSets.draw(TASK, GeneratedSets.Sizes.STANDARD, 1);
        assertThat(texts.training().records()).isEqualTo(sets.train().size());
        assertThat(texts.heldOut().records()).isEqualTo(sets.test().size());
        assertThat(texts.alignment().records())
                .isEqualTo(sets.publicTrain().size() + sets.publicHeldOut().size() - 6);
        assertThat(texts.evaluation().records()).isEqualTo(10);
        // And a prompt, a reply and the end of the sequence are tokens of a record
        double replies = sets.train().stream().mapToInt(record -> tokenizer.encode(record.reply()).length + 1).average()
                .orElseThrow();
        assertThat(texts.training().replyTokens()).isCloseTo(replies, within(1e-9));
        assertThat(texts.training().tokens()).isGreaterThan(replies + 1);
    }

    @Test
    void shouldTakeAllSeedsForTheFirst() {
        // Given
        TextMeasure measure = new TextMeasure(Optional.of(tokenizer));
        Texts first = measure.of(spec(1, 10), dealt(1));

        // When, then
        assertThat(measure.of(spec(2, 10), dealt(2))).isSameAs(first);
        assertThat(measure.of(spec(2, 11), dealt(2)).evaluation().records()).isEqualTo(11);
    }

    @Test
    void shouldTakeNoRecordsForNothing() {
        assertThat(TextShape.of(List.of()).records()).isZero();
    }

    @Test
    void shouldTakeTextThatIsNotHereForAsLongAsTheRunAllows() {
        // Given a model that is not here, and files that are not
        Texts noModel = new TextMeasure(Optional.empty()).of(spec(1, 10), dealt(1));
        Texts noFile = new TextMeasure(Optional.of(tokenizer)).of(CostSpecs.fedbiot(), dealt(1));

        // Then
        assertThat(noModel.training()).isEqualTo(new TextShape(10, 64, 32));
        assertThat(noFile.alignment()).isEqualTo(new TextShape(8, 64, 32));
    }

    private static DealtText dealt(long seed) {
        return new DealtText(null, TASK.name(), "iid", 0, seed, List.of("anna", "ben", "cleo"));
    }

    private static RunSpec spec(long seed, int evaluated) {
        RunSpec spec = CostSpecs.fedbiot();
        return RunSpec.newBuilder(spec).setSeed(seed).setServerData(ServerData.newBuilder()
                        .setPublicLocation(LOCATION).setEvaluationLocation(LOCATION).build())
                .setEvaluation(EvaluationSettings.newBuilder(spec.getEvaluation()).setRecords(evaluated).build())
                .build();
    }
}
