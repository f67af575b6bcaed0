package org.fedbiot.worker.client;

import java.util.List;
import java.util.Objects;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.worker.ModelText;

/** A client's text as tokens of the base that it holds, made once for a base and its settings. One thread at a time. */
final class ClientText {

    private record Made(String baseSha256, TextSettings settings, List<TokenizedExample> records) {

        boolean isFor(String base, TextSettings wanted) {
            return baseSha256.equals(base) && settings.equals(wanted);
        }
    }

    private final ClientData data;
    private Made training;
    private Made heldOut;

    ClientText(ClientData data) {
        this.data = Objects.requireNonNull(data, "data");
    }

    List<TokenizedExample> training(ClientModel model, TextSettings settings) {
        if (training == null || !training.isFor(model.base().getBaseSha256(), settings)) {
            training = make(data.training(), model, settings);
        }
        return training.records();
    }

    /** @throws BadInputException if this client holds nothing out */
    List<TokenizedExample> heldOut(ClientModel model, TextSettings settings) {
        if (data.heldOut().isEmpty()) {
            throw new BadInputException("this client has no held-out records to score on");
        }
        if (heldOut == null || !heldOut.isFor(model.base().getBaseSha256(), settings)) {
            heldOut = make(data.heldOut(), model, settings);
        }
        return heldOut.records();
    }

    private static Made make(List<Example> examples, ClientModel model, TextSettings settings) {
        return new Made(model.base().getBaseSha256(), settings,
                ModelText.tokenize(examples, model.tokenizer(), settings).examples());
    }
}
