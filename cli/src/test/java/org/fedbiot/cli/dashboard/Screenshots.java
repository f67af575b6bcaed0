package org.fedbiot.cli.dashboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.fedbiot.cli.quickstart.PlantedRun;

/** Takes the pictures of the documentation from a real run with a stuck client and a poisoned update. */
final class Screenshots {

    private static final int DESKTOP_WIDTH = 1280;
    private static final int DESKTOP_HEIGHT = 800;
    private static final int PHONE_WIDTH = 360;
    private static final int PHONE_HEIGHT = 740;
    private static final int ROUND = 4;

    private Screenshots() {
    }

    /** Arguments: where the run keeps its files, where the pictures go. */
    public static void main(String[] arguments) {
        Path images = Path.of(arguments[1]);
        PlantedRun run = new PlantedRun(Path.of(arguments[0]), Map.of("federation.rounds", "6",
                "training.steps", "8", "alignment.preSteps", "20", "alignment.steps", "3",
                "federation.deadlineMillis", "12000", "evaluation.records", "60"));
        run.start(cluster -> {
            Dashboard dashboard = Dashboard.local(cluster.kafka(), 0);
            CompletableFuture<Void> taken = CompletableFuture.runAsync(() -> take(dashboard, run.runId(), images));
            cluster.accompany(() -> {
                dashboard.close();
                taken.join();
            });
        });
        System.exit(0);
    }

    private static void take(Dashboard dashboard, String runId, Path images) {
        try (Browser browser = Browser.start()) {
            browser.screen(DESKTOP_WIDTH, DESKTOP_HEIGHT, false).open(dashboard.url() + "#run=" + runId);
            // Both findings are there, and the three that work have handed in: the round waits for the stuck one.
            browser.await("document.getElementById('headline').textContent.startsWith('Round " + ROUND + " ')"
                    + " && document.getElementById('headline').textContent.includes('3 of 5 in')"
                    + " && document.querySelectorAll('#attention .badge').length >= 2"
                    + " && document.querySelector('#round-table .stuck')");
            settle(browser);
            save(images.resolve("dashboard.png"), browser.screenshot(1_640));
            settle(browser.screen(DESKTOP_WIDTH, DESKTOP_HEIGHT, true));
            save(images.resolve("dashboard-dark.png"), browser.screenshot(780));
            settle(browser.screen(PHONE_WIDTH, PHONE_HEIGHT, false));
            save(images.resolve("dashboard-phone.png"), browser.screenshot(1_240));
        }
    }

    /** Two drawings and the charts' own turn later. */
    private static void settle(Browser browser) {
        browser.runAsync("const done = arguments[arguments.length - 1]; setTimeout(() => requestAnimationFrame(done),"
                + " 1300)");
    }

    private static void save(Path file, byte[] png) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, png);
            System.err.println(file + ": " + png.length + " bytes");
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}
