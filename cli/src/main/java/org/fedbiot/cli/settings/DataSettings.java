package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * How one body of text is dealt to simulated clients.
 *
 * @param partition iid, lda or meta
 * @param partitionAlpha Dirichlet concentration of lda
 * @param task which of the generated private tasks, A (hard) or B; for the shipped model only
 */
public record DataSettings(String partition, double partitionAlpha, String task) {

    static DataSettings read(AvroSettings read, JsonNode section) {
        read.refuseUnknown(section, Set.of("partition", "partitionAlpha", "task"), "data");
        String partition = section.path("partition").asText("iid");
        if (!Set.of("iid", "lda", "meta").contains(partition)) {
            throw read.error("data.partition", "one of iid, lda, meta is expected, not " + partition);
        }
        String task = section.path("task").asText("B");
        if (!Set.of("A", "B").contains(task)) {
            throw read.error("data.task", "A or B is expected, not " + task);
        }
        JsonNode alpha = section.path("partitionAlpha");
        double concentration = alpha.asDouble(0.5);
        if (!alpha.isMissingNode() && !alpha.isNumber() || !(concentration > 0) || Double.isInfinite(concentration)) {
            throw read.error("data.partitionAlpha", "a number above 0 is expected, not " + alpha);
        }
        return new DataSettings(partition, concentration, task);
    }
}
