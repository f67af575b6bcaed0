package org.fedbiot.cli.experiment.cost;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.generated.GeneratedLocation;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.worker.ModelText;
import org.fedbiot.worker.client.ClientData;
import org.fedbiot.worker.server.ServerTexts;

/**
 * How long the texts of an experiment's runs are, in the model's tokens. Text that differs by the seed alone is
 * measured for the first seed that comes: budgets are held equal by the same settings in all seeds. Text that is not
 * here is taken to be as long as the run allows. Not thread-safe.
 */
public final class TextMeasure {

    private final Optional<Tokenizer> tokenizer;
    private final ServerTexts owner = new ServerTexts();
    private final Map<Source, Texts> known = new HashMap<>();

    /** What lengths depend on, but for seeds and how records are dealt. */
    private record Source(TextSettings text, ServerData owner, int heldOut, int evaluated, String file, String task) {
    }

    /** @param tokenizer the model's; empty where only its shape is known */
    public TextMeasure(Optional<Tokenizer> tokenizer) {
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
            texts = tokenizer.filter(model -> isHere(spec, dealt)).map(model -> measure(spec, dealt, model))
                    .orElseGet(() -> longest(spec));
            known.put(source, texts);
        }
        return texts;
    }

    private static boolean isHere(RunSpec spec, DealtText dealt) {
        return isHere(spec.getServerData().getPublicLocation()) && isHere(spec.getServerData().getEvaluationLocation())
                && (dealt.file() == null || isHere(dealt.file()));
    }

    private static boolean isHere(String location) {
        return GeneratedLocation.is(location) || Files.isReadable(Path.of(location));
    }

    /** An upper bound of tokens; half of them are taken to be replies. */
    private static Texts longest(RunSpec spec) {
        int tokens = spec.getText().getMaxTokens();
        TextShape text = new TextShape(spec.getEvaluation().getRecords(), tokens, tokens / 2.0);
        return new Texts(text, new TextShape(0, tokens, tokens / 2.0), text, text);
    }

    private Texts measure(RunSpec spec, DealtText dealt, Tokenizer model) {
        Map<String, ClientData> clients = dealt.again();
        return new Texts(shape(spec, clients, ClientData::training, model),
                shape(spec, clients, ClientData::heldOut, model),
                TextShape.of(owner.alignment(spec, model).records()),
                TextShape.of(owner.evaluation(spec, model).records()));
    }

    private static TextShape shape(RunSpec spec, Map<String, ClientData> clients,
            Function<ClientData, List<Example>> part, Tokenizer model) {
        List<Example> records = clients.values().stream().map(part).flatMap(List::stream).toList();
        return TextShape.of(ModelText.tokenize(records, model, spec.getText()).examples());
    }
}
