package org.fedbiot.worker;

import java.util.List;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.ElementType;
import org.fedbiot.learning.method.AlignmentOptions;
import org.fedbiot.learning.method.AlignmentPositions;
import org.fedbiot.learning.method.Decoding;
import org.fedbiot.learning.method.EvaluationOptions;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.method.OptimiserOptions;
import org.fedbiot.learning.method.OptimiserState;
import org.fedbiot.learning.method.ProximalForm;
import org.fedbiot.learning.method.ProximalSpace;
import org.fedbiot.learning.method.TeacherAdapter;
import org.fedbiot.learning.method.TrainingOptions;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.FactorTensor;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TrainingSettings;

/** The settings of events as the options of the method: the two know nothing of each other. */
public final class MethodOptions {

    private MethodOptions() {
    }

    /** Layers are taken as the run recorded them, not computed anew: the record is what was agreed to. */
    public static LayerSplit split(SplitSpec spec) {
        return new LayerSplit(spec.getTeacherLayers(), spec.getKeptLayers(), spec.getAdapterLayers());
    }

    /** @throws BadInputException for a target that is no linear of a decoder layer */
    public static LoraSpec lora(LoraSettings settings) {
        return new LoraSpec(settings.getRank(), settings.getAlpha(), settings.getDropout(),
                settings.getTargets().stream().map(MethodOptions::projection).toList());
    }

    public static AlignmentOptions alignment(AlignmentSettings settings) {
        return new AlignmentOptions(settings.getBatchSize(), settings.getMicroBatchTokens(),
                new OptimiserOptions(settings.getLearningRate(), settings.getBeta1(), settings.getBeta2(),
                        settings.getWeightDecay()),
                settings.getWarmupSteps(), settings.getKlWeight(), settings.getTemperature(),
                same(AlignmentPositions.class, settings.getPositions()),
                same(TeacherAdapter.class, settings.getTeacherAdapter()),
                same(OptimiserState.class, settings.getOptimiserState()));
    }

    public static TrainingOptions training(TrainingSettings settings) {
        return new TrainingOptions(settings.getSteps(), settings.getBatchSize(), settings.getMicroBatchTokens(),
                new OptimiserOptions(settings.getLearningRate(), settings.getBeta1(), settings.getBeta2(),
                        settings.getWeightDecay()),
                settings.getProximalWeight(), same(ProximalForm.class, settings.getProximalForm()),
                same(ProximalSpace.class, settings.getProximalSpace()));
    }

    public static EvaluationOptions evaluation(EvaluationSettings settings) {
        return new EvaluationOptions(settings.getBatchTokens(), settings.getExactMatchRecords(),
                settings.getMaxNewTokens(), same(Decoding.class, settings.getDecoding()),
                settings.getDecodingTemperature(), settings.getDecodingTopP());
    }

    /** @throws BadInputException for a type that this release does not know */
    public static BaseType baseType(DataType type) {
        return same(BaseType.class, type);
    }

    public static DataType dataType(BaseType type) {
        return same(DataType.class, type);
    }

    public static ElementType elementType(DataType type) {
        return ElementType.of(baseType(type));
    }

    public static AlignmentLoss loss(org.fedbiot.learning.method.AlignmentLoss loss) {
        return AlignmentLoss.newBuilder().setL2(loss.l2()).setKl(loss.kl()).setLoss(loss.loss()).build();
    }

    public static List<FactorTensor> layout(FactorLayout layout) {
        return layout.tensors().stream().map(tensor -> FactorTensor.newBuilder()
                .setName(tensor.name()).setRows(tensor.rows()).setColumns(tensor.columns()).build()).toList();
    }

    /** @throws BadInputException if one of the tensors is no factor of a decoder layer */
    public static FactorLayout layout(List<FactorTensor> tensors) {
        try {
            return new FactorLayout(tensors.stream().map(tensor -> org.fedbiot.learning.model.FactorTensor.of(
                    tensor.getName(), tensor.getRows(), tensor.getColumns())).toList());
        } catch (IllegalArgumentException unknown) {
            throw new BadInputException(unknown.getMessage());
        }
    }

    private static Projection projection(String target) {
        try {
            return Projection.of(target);
        } catch (IllegalArgumentException unknown) {
            throw new BadInputException(unknown.getMessage());
        }
    }

    /** The constants of both sides bear the same names; a name that only events know is refused. */
    private static <E extends Enum<E>> E same(Class<E> type, Enum<?> value) {
        try {
            return Enum.valueOf(type, value.name());
        } catch (IllegalArgumentException unknown) {
            throw new BadInputException(value.getDeclaringClass().getSimpleName() + " " + value
                    + " is not known to this release: use a newer worker");
        }
    }
}
