package org.fedbiot.cli.dashboard;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;

/**
 * What the page costs the browser: 50 clients, a log of 400 rounds when it is opened, and then 100 more rounds with an
 * hour of progress, written much faster than a run would.
 */
final class PageBenchmark {

    private static final int CLIENTS = 50;
    private static final int ROUNDS = 500;
    private static final int BEFORE = 400;
    private static final int PROBES = 20;
    /** A round of the hour is 36 s, in which every client says once a second how far it is. */
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final String WATCH = "window.tasks = []; window.seen = []; let last = '';"
            + "new PerformanceObserver(list => list.getEntries().forEach(task => window.tasks.push(task.duration)))"
            + ".observe({type: 'longtask', buffered: true});"
            + "const look = () => { const text = document.getElementById('headline')?.textContent ?? '';"
            + " if (text !== last) { last = text; window.seen.push([text, Date.now()]); }"
            + " if (!window.first && document.getElementById('rounds-summary')?.textContent.startsWith('400 rounds')"
            + " && document.querySelectorAll('.plot canvas').length >= 4) { window.first = performance.now(); }"
            + " setTimeout(look, 5); }; look();";

    private PageBenchmark() {
    }

    /** Argument: a directory for the broker. */
    public static void main(String[] arguments) {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0)) {
            KafkaSettings settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
            try (Admin admin = Admin.create(settings.admin())) {
                TopicCreation.createMissing(admin, (short) 1);
            }
            try (EventProducer producer = new EventProducer(settings, "page-benchmark")) {
                LongLog log = new LongLog(producer, ROUNDS, CLIENTS);
                log.begin();
                for (int round = 1; round <= BEFORE; round++) {
                    log.whole(round, 4);
                }
                producer.awaitAll();
                measure(settings, producer, log);
            }
        }
        System.exit(0);
    }

    private static void measure(KafkaSettings settings, EventProducer producer, LongLog log) {
        long start = System.nanoTime();
        try (Dashboard dashboard = Dashboard.local(settings, 0); Browser browser = Browser.start()) {
            dashboard.caughtUp().join();
            print("log of %d rounds read and folded: %.1f s", BEFORE, (System.nanoTime() - start) / 1e9);
            browser.command("Page.addScriptToEvaluateOnNewDocument", Map.of("source", WATCH));
            for (int visit = 1; visit <= 3; visit++) {
                browser.screen(1280, 800, false).open(dashboard.url());
                browser.await("window.first");
                print("visit %d: first view whole after %.0f ms, longest task %.0f ms", visit,
                        number(browser.run("return window.first")), longestTask(browser));
            }
            latency(browser, producer, log);
            hour(browser, producer, log);
        }
    }

    private static void latency(Browser browser, EventProducer producer, LongLog log) {
        int round = BEFORE + 1;
        log.open(round);
        producer.awaitAll();
        browser.await("document.getElementById('headline').textContent.startsWith('Round " + round + " ')");
        List<Long> acknowledged = new ArrayList<>();
        for (int probe = 0; probe < PROBES; probe++) {
            log.settle(round, log.clients().get(10 + probe));
            producer.awaitAll();
            acknowledged.add(System.currentTimeMillis());
            // Apart from each other, so that each has a drawing of its own, and at no beat of the page's.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(700 + 37 * probe));
        }
        browser.await("document.getElementById('headline').textContent.includes(', " + PROBES + " of 50 in')");
        List<List<Object>> seen = browser.run("return window.seen");
        List<Long> waits = new ArrayList<>();
        for (int probe = 0; probe < PROBES; probe++) {
            String text = ", " + (probe + 1) + " of 50 in";
            long at = seen.stream().filter(drawn -> ((String) drawn.get(0)).endsWith(text))
                    .mapToLong(drawn -> ((Number) drawn.get(1)).longValue()).findFirst().orElse(Long.MAX_VALUE);
            waits.add(at - acknowledged.get(probe));
        }
        waits.sort(null);
        print("from the broker's word to the page: median %d ms, longest %d ms, of %d", waits.get(PROBES / 2),
                waits.get(PROBES - 1), PROBES);
    }

    private static void hour(Browser browser, EventProducer producer, LongLog log) {
        browser.run("window.tasks.length = 0");
        int first = BEFORE + 2;
        for (int round = first; round <= ROUNDS; round++) {
            long begun = System.nanoTime();
            log.whole(round, LongLog.STEPS);
            producer.awaitAll();
            LockSupport.parkNanos(ROUND_NANOS - (System.nanoTime() - begun));
            if ((round - first) % 14 == 0) {
                print("round %d: page %.1f MB after collection, server %.1f MB", round, heap(browser),
                        serverHeap());
            }
        }
        browser.await("document.getElementById('rounds-summary').textContent.startsWith('" + ROUNDS + " rounds')");
        print("round %d: page %.1f MB after collection, server %.1f MB", ROUNDS, heap(browser), serverHeap());
        print("longest task in the hour: %.0f ms, of %.0f over 50 ms", longestTask(browser),
                number(browser.run("return window.tasks.length")));
    }

    private static double longestTask(Browser browser) {
        return number(browser.run("return Math.max(0, ...window.tasks)"));
    }

    /** What is in use after the collector has been through. */
    private static double heap(Browser browser) {
        browser.command("HeapProfiler.collectGarbage", Map.of());
        return number(browser.run("return performance.memory.usedJSHeapSize")) / 1e6;
    }

    private static double serverHeap() {
        System.gc();
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1e6;
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
