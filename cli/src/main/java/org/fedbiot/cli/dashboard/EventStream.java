package org.fedbiot.cli.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events: first all that a page shows, then what changes. Changes are gathered for a moment, so that a
 * burst of events costs the page one drawing; a page that comes back after a break is told everything anew.
 */
final class EventStream {

    private static final Logger LOGGER = LoggerFactory.getLogger(EventStream.class);
    /** Well below the second within which an event is to be seen. */
    private static final long GATHER_MILLIS = 250;
    /** What depends on the time, such as silence, is looked at so often. */
    private static final long TICK_MILLIS = 1_000;
    /** A line that says nothing, by which a page that has gone is found out. */
    private static final int TICKS_TO_HEARTBEAT = 10;
    private static final int MOST_PAGES = 64;
    private static final int TOO_MANY = 503;

    private final Source source;
    private final Clock clock;
    private final AtomicInteger pages = new AtomicInteger();

    EventStream(Source source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** Serves one page until it goes, or the source ends. */
    void serve(HttpExchange exchange, Optional<String> runId) throws IOException {
        if (pages.incrementAndGet() > MOST_PAGES) {
            pages.decrementAndGet();
            exchange.sendResponseHeaders(TOO_MANY, -1);
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            follow(exchange.getResponseBody(), new Feed(runId));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOGGER.debug("a page went away", e);
        } finally {
            pages.decrementAndGet();
        }
    }

    private void follow(OutputStream out, Feed feed) throws IOException, InterruptedException {
        long seen = -1;
        int quiet = 0;
        while (!source.isOver()) {
            seen = source.awaitChange(seen, TICK_MILLIS);
            Optional<ObjectNode> patch = feed.next(source.picture(), source.cluster(), clock.millis());
            if (patch.isPresent()) {
                write(out, "data: " + patch.get() + "\n\n");
                quiet = 0;
                source.awaitOver(GATHER_MILLIS);
            } else if (++quiet >= TICKS_TO_HEARTBEAT) {
                write(out, ":\n\n");
                quiet = 0;
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
