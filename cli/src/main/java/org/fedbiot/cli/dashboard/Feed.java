package org.fedbiot.cli.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RunPicture;

/** What one page has been told, and what it must be told next. Not thread-safe. */
final class Feed {

    private final Optional<String> runId;
    private final Map<String, JsonNode> told = new HashMap<>();
    private Optional<RunPicture> toldRun = Optional.empty();

    /** @param runId that the page looks at; empty for none */
    Feed(Optional<String> runId) {
        this.runId = runId;
    }

    /** @return what has changed, by part; empty if nothing has */
    Optional<ObjectNode> next(Picture picture, JsonNode cluster, long nowMillis) {
        ObjectNode patch = PageJson.object();
        tell(patch, "cluster", cluster);
        OverviewParts.of(picture, nowMillis).forEach((name, part) -> tell(patch, name, part));
        Optional<RunPicture> run = runId.flatMap(picture::run);
        run.ifPresent(looked -> {
            RunParts.of(looked, picture, nowMillis).forEach((name, part) -> tell(patch, name, part));
            if (toldRun.isEmpty() || toldRun.get() != looked) {
                patch.setAll(RunSeries.since(toldRun, looked));
            }
        });
        toldRun = run;
        return patch.isEmpty() ? Optional.empty() : Optional.of(patch.put("now", nowMillis));
    }

    private void tell(ObjectNode patch, String name, JsonNode part) {
        if (!part.equals(told.put(name, part))) {
            patch.set(name, part);
        }
    }
}
