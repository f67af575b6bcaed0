package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.fedbiot.learning.data.generated.PrivateTask;
import org.fedbiot.learning.data.generated.PublicText;

/**
 * How one body of text is dealt to simulated clients.
 *
 * @param partition iid, lda or meta
 * @param partitionAlpha Dirichlet concentration of lda
 * @param task which of the generated private tasks; for the shipped model only
 * @param publicText which generated public text; for the shipped model only
 */
public record DataSettings(String partition, double partitionAlpha, PrivateTask task, PublicText publicText) {

    static DataSettings read(AvroSettings read, JsonNode section) {
        read.refuseUnknown(section, Set.of("partition", "partitionAlpha", "task", "publicText"), "data");
        String partition = section.path("partition").asText("iid");
        if (!Set.of("iid", "lda", "meta").contains(partition)) {
            throw read.error("data.partition", "one of iid, lda, meta is expected, not " + partition);
        }
        String task = section.path("task").asText("B");
        PrivateTask privateTask = PrivateTask.of(task.toLowerCase(Locale.ROOT)).orElseThrow(() -> read.error("data.task",
                "one of " + List.of(PrivateTask.values()) + " is expected, not " + task));
        String text = section.path("publicText").asText("general");
        PublicText publicText = PublicText.of(text).orElseThrow(() -> read.error("data.publicText", "one of "
                + Arrays.stream(PublicText.values()).map(PublicText::label).toList() + " is expected, not " + text));
        JsonNode alpha = section.path("partitionAlpha");
        double concentration = alpha.asDouble(0.5);
        if (!alpha.isMissingNode() && !alpha.isNumber() || !(concentration > 0) || Double.isInfinite(concentration)) {
            throw read.error("data.partitionAlpha", "a number above 0 is expected, not " + alpha);
        }
        return new DataSettings(partition, concentration, privateTask, publicText);
    }
}
