package org.fedbiot.cli.experiment.cost;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.worker.ModelText;
import org.fedbiot.worker.client.ClientData;
import org.fedbiot.worker.server.ServerTexts;

/**
 * How long the texts of an experiment's runs are, in the model's tokens. Text that differs by the seed alone is measured
 * for the first seed that comes: budgets are held equal by the same settings in all seeds. Not thread-safe.
 */
public final class TextMeasure {

    private final Tokenizer tokenizer;
    private final ServerTexts owner = new ServerTexts();
    private final Map<Source, Texts> known = new HashMap<>();

    /** What lengths depend on, but for seeds and how records are dealt. */
    private record Source(TextSettings text, ServerData owner, int heldOut, int evaluated, String file, String task) {
    }

    public TextMeasure(Tokenizer tokenizer) {
        this.tokenizer = Objects.requireNonNull(tokenizer, "tokenizer");
    }

    /**
     * @param dealt to all who share the private text, whoever of them takes part
     * @throws org.fedbiot.learning.BadInputException if a text cannot be used
     */
    public Texts of(RunSpec spec, DealtText dealt) {
        Source source = new Source(spec.getText(), ServerData.newBuilder(spec.getServerData()).setPartition("")
                .setPartitionAlpha(0).build(), spec.getAlignment().getHeldOutRecords(),
                spec.getEvaluation().getRecords(), dealt.file(), dealt.task());
        Texts texts = known.get(source);
        if (texts == null) {
            texts = measure(spec, dealt);
            known.put(source, texts);
        }
        return texts;
    }

    private Texts measure(RunSpec spec, DealtText dealt) {
        Map<String, ClientData> clients = dealt.again();
        return new Texts(shape(spec, clients, ClientData::training), shape(spec, clients, ClientData::heldOut),
                TextShape.of(owner.alignment(spec, tokenizer).records()),
                TextShape.of(owner.evaluation(spec, tokenizer).records()));
    }

    private TextShape shape(RunSpec spec, Map<String, ClientData> clients, Function<ClientData, List<Example>> part) {
        List<Example> records = clients.values().stream().map(part).flatMap(List::stream).toList();
        return TextShape.of(ModelText.tokenize(records, tokenizer, spec.getText()).examples());
    }
}
