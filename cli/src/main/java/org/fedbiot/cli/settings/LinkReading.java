package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.fedbiot.schemas.event.LinkSettings;

/**
 * The section of simulated links. What a client's own link leaves out is as in {@code every}: the run records each link
 * whole.
 */
final class LinkReading {

    private static final String SECTION = "links";

    private LinkReading() {
    }

    /** @param section missing or null where a run has no links */
    static Optional<LinkSettings> read(AvroSettings read, JsonNode section) {
        if (section.isMissingNode() || section.isNull()) {
            return Optional.empty();
        }
        JsonNode whole = section.deepCopy();
        if (whole.path("every") instanceof ObjectNode every) {
            for (JsonNode client : whole.path("clients")) {
                if (client.path("link") instanceof ObjectNode own) {
                    ObjectNode link = every.deepCopy();
                    link.setAll(own);
                    ((ObjectNode) client).set("link", link);
                }
            }
        }
        return Optional.of(read.read(LinkSettings.class, whole, SECTION));
    }
}
