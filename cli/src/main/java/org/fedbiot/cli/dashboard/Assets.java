package org.fedbiot.cli.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The page's own files, all from the class path: it asks nobody else for anything. */
final class Assets {

    /** A file as it is sent. */
    record Asset(String type, byte[] bytes) {
    }

    private static final String OWN = "/dashboard/";
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private final Map<String, Asset> byPath = Map.ofEntries(
            Map.entry("/", asset("text/html; charset=utf-8", OWN + "index.html")),
            Map.entry("/page.css", asset(STYLE, OWN + "page.css")),
            Map.entry("/page.js", asset(SCRIPT, OWN + "page.js")),
            Map.entry("/model.js", asset(SCRIPT, OWN + "model.js")),
            Map.entry("/words.js", asset(SCRIPT, OWN + "words.js")),
            Map.entry("/charts.js", asset(SCRIPT, OWN + "charts.js")),
            Map.entry("/grid.js", asset(SCRIPT, OWN + "grid.js")),
            Map.entry("/tables.js", asset(SCRIPT, OWN + "tables.js")),
            Map.entry("/icon.svg", asset("image/svg+xml", OWN + "icon.svg")),
            Map.entry("/uPlot.esm.js", asset(SCRIPT, CHARTS + "uPlot.esm.js")),
            Map.entry("/uPlot.min.css", asset(STYLE, CHARTS + "uPlot.min.css")));

    Optional<Asset> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    private static Asset asset(String type, String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the class path lacks " + resource
                        + ", which the page is made of; build the project anew");
            }
            return new Asset(type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource + " from the class path", e);
        }
    }
}
