package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.method.AlignmentOptions;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.method.TrainingOptions;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.schemas.event.AlignmentPositions;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.Decoding;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.FactorTensor;
import org.fedbiot.schemas.event.LayerRule;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.OptimiserState;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.ProximalForm;
import org.fedbiot.schemas.event.ProximalSpace;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TeacherAdapter;
import org.fedbiot.schemas.event.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MethodOptionsTest {

    @Test
    void shouldReadBackALayoutThatTravelled() {
        FactorLayout layout = FactorLayout.of(TrialModel.CONFIG,
                new LoraSpec(4, 8, 0, List.of(Projection.Q, Projection.DOWN)), List.of(3, 5));

        assertThat(MethodOptions.layout(MethodOptions.layout(layout))).isEqualTo(layout);
        assertThatThrownBy(() -> MethodOptions.layout(List.of(new FactorTensor("lm_head", 1, 1))))
                .isInstanceOf(BadInputException.class).hasMessageContaining("lm_head");
    }

    @Test
    void shouldTakeEveryAlignmentSetting() {
        AlignmentSettings settings = AlignmentSettings.newBuilder().setPreSteps(1).setSteps(2).setBatchSize(3)
                .setMicroBatchTokens(4).setLearningRate(0.5).setBeta1(0.6).setBeta2(0.7).setWeightDecay(0.8)
                .setWarmupSteps(9).setKlWeight(1.1).setTemperature(1.2).setPositions(AlignmentPositions.RESPONSE)
                .setTeacherAdapter(TeacherAdapter.ORIGINAL).setOptimiserState(OptimiserState.KEPT).build();

        AlignmentOptions options = MethodOptions.alignment(settings);

        assertThat(options.batchSize()).isEqualTo(3);
        assertThat(options.microBatchTokens()).isEqualTo(4);
        assertThat(options.optimiser().learningRate()).isEqualTo(0.5);
        assertThat(options.optimiser().beta1()).isEqualTo(0.6);
        assertThat(options.optimiser().beta2()).isEqualTo(0.7);
        assertThat(options.optimiser().weightDecay()).isEqualTo(0.8);
        assertThat(options.warmupSteps()).isEqualTo(9);
        assertThat(options.klWeight()).isEqualTo(1.1);
        assertThat(options.temperature()).isEqualTo(1.2);
        assertThat(options.positions()).isEqualTo(org.fedbiot.learning.method.AlignmentPositions.RESPONSE);
        assertThat(options.teacherAdapter()).isEqualTo(org.fedbiot.learning.method.TeacherAdapter.ORIGINAL);
        assertThat(options.optimiserState()).isEqualTo(org.fedbiot.learning.method.OptimiserState.KEPT);
    }

    @Test
    void shouldTakeEveryTrainingSetting() {
        TrainingSettings settings = TrainingSettings.newBuilder().setSteps(1).setBatchSize(2).setMicroBatchTokens(3)
                .setLearningRate(0.4).setBeta1(0.5).setBeta2(0.6).setWeightDecay(0.7).setProximalWeight(0.8)
                .setProximalForm(ProximalForm.FULL).setProximalSpace(ProximalSpace.FACTORS).build();

        TrainingOptions options = MethodOptions.training(settings);

        assertThat(options.steps()).isEqualTo(1);
        assertThat(options.batchSize()).isEqualTo(2);
        assertThat(options.microBatchTokens()).isEqualTo(3);
        assertThat(options.optimiser().learningRate()).isEqualTo(0.4);
        assertThat(options.optimiser().beta1()).isEqualTo(0.5);
        assertThat(options.optimiser().beta2()).isEqualTo(0.6);
        assertThat(options.optimiser().weightDecay()).isEqualTo(0.7);
        assertThat(options.proximalWeight()).isEqualTo(0.8);
        assertThat(options.proximalForm()).isEqualTo(org.fedbiot.learning.method.ProximalForm.FULL);
        assertThat(options.proximalSpace()).isEqualTo(org.fedbiot.learning.method.ProximalSpace.FACTORS);
    }

    @Test
    void shouldTakeEveryEvaluationSetting() {
        var options = MethodOptions.evaluation(EvaluationSettings.newBuilder().setRecords(9).setExactMatchRecords(1)
                .setMaxNewTokens(2).setBatchTokens(3).setDecoding(Decoding.SAMPLED).setDecodingTemperature(0.4)
                .setDecodingTopP(0.5).build());

        assertThat(options.exactMatchRecords()).isEqualTo(1);
        assertThat(options.maxNewTokens()).isEqualTo(2);
        assertThat(options.batchTokens()).isEqualTo(3);
        assertThat(options.decoding()).isEqualTo(org.fedbiot.learning.method.Decoding.SAMPLED);
        assertThat(options.decodingTemperature()).isEqualTo(0.4);
        assertThat(options.decodingTopP()).isEqualTo(0.5);
    }

    @Test
    void shouldTakeLoraTargetsInCanonicalOrderAndRefuseUnknownOnes() {
        LoraSpec lora = MethodOptions.lora(LoraSettings.newBuilder().setRank(8).setAlpha(16).setDropout(0.05)
                .setTargets(List.of("v", "q")).build());

        assertThat(lora.targets()).containsExactly(Projection.Q, Projection.V);
        assertThat(lora.rank()).isEqualTo(8);
        assertThat(lora.alpha()).isEqualTo(16);
        assertThat(lora.dropout()).isEqualTo(0.05);
        assertThatThrownBy(() -> MethodOptions.lora(LoraSettings.newBuilder().setRank(8).setAlpha(16)
                .setTargets(List.of("c_attn")).build()))
                .isInstanceOf(BadInputException.class).hasMessageContaining("c_attn");
    }

    @Test
    void shouldTakeTheLayersThatTheRunRecorded() {
        // Given layers that no rule would choose
        LayerSplit split = MethodOptions.split(SplitSpec.newBuilder().setBackAdapterLayers(1).setDropRate(0.5)
                .setTeacherLayers(List.of(0, 1, 2, 3, 4)).setKeptLayers(List.of(0, 1, 4))
                .setAdapterLayers(List.of(5)).build());

        assertThat(split.keptLayers()).containsExactly(0, 1, 4);
        assertThat(split.heldLayers()).containsExactly(0, 1, 4, 5);
    }

    @Test
    void shouldRefuseADataTypeOfANewerRelease() {
        assertThat(MethodOptions.baseType(DataType.BFLOAT16)).isEqualTo(BaseType.BFLOAT16);
        assertThatThrownBy(() -> MethodOptions.baseType(DataType.UNKNOWN))
                .isInstanceOf(BadInputException.class).hasMessageContaining("DataType UNKNOWN");
    }

    static Stream<Arguments> bothSides() {
        return Stream.of(
                Arguments.of(AlignmentPositions.class, org.fedbiot.learning.method.AlignmentPositions.class),
                Arguments.of(TeacherAdapter.class, org.fedbiot.learning.method.TeacherAdapter.class),
                Arguments.of(OptimiserState.class, org.fedbiot.learning.method.OptimiserState.class),
                Arguments.of(ProximalForm.class, org.fedbiot.learning.method.ProximalForm.class),
                Arguments.of(ProximalSpace.class, org.fedbiot.learning.method.ProximalSpace.class),
                Arguments.of(Decoding.class, org.fedbiot.learning.method.Decoding.class),
                Arguments.of(LayerRule.class, org.fedbiot.learning.method.LayerRule.class),
                Arguments.of(EvaluatedModel.class, org.fedbiot.learning.method.EvaluatedModel.class),
                Arguments.of(DataType.class, BaseType.class),
                Arguments.of(PromptTemplate.class, org.fedbiot.learning.data.PromptTemplate.class));
    }

    /** A choice that one side gains and the other does not would otherwise fail in the middle of a run. */
    @ParameterizedTest
    @MethodSource("bothSides")
    void shouldKnowEveryChoiceOnBothSides(Class<? extends Enum<?>> event, Class<? extends Enum<?>> method) {
        assertThat(names(event)).containsExactlyElementsOf(names(method));
    }

    private static List<String> names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(constant -> ((Enum<?>) constant).name())
                .filter(name -> !name.equals("UNKNOWN")).toList();
    }
}
