package org.fedbiot.cli.model;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.fedbiot.cli.UserError;

/**
 * A model repository on Hugging Face's hub, one file after the other. No hash is known here beforehand, since the
 * repository may move on. Of its large files the hub states the SHA-256 and sends the bytes from elsewhere: those are
 * held against it. Whether the small ones are whole shows when the model is opened.
 *
 * @param stalledAfter how long a transfer may stand still
 */
record HuggingFaceSource(URI hub, String repository, List<String> files, long peakBytes, Duration stalledAfter)
        implements ModelSource {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** On the hub's own answer, which redirects to where the bytes are; the hash stands in quotes. */
    private static final String STATED_HASH = "x-linked-etag";
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    static HuggingFaceSource smolLm2() {
        return new HuggingFaceSource(URI.create("https://huggingface.co"), "HuggingFaceTB/SmolLM2-135M-Instruct",
                List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"),
                300_000_000, Duration.ofSeconds(30));
    }

    @Override
    public String describe() {
        return repository + " at " + hub.getHost();
    }

    @Override
    public void fetch(Path directory, Path scratch, Consumer<String> progress) throws IOException, Unreachable {
        HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL).build();
        for (String file : files) {
            Path target = directory.resolve(file);
            HttpRequest request = HttpRequest.newBuilder(
                    hub.resolve("/" + repository + "/resolve/main/" + file)).timeout(stalledAfter).build();
            CompletableFuture<HttpResponse<Path>> transfer = client.sendAsync(request, info ->
                    info.statusCode() == 200 ? HttpResponse.BodySubscribers.ofFile(target)
                            : HttpResponse.BodySubscribers.replacing(target));
            HttpResponse<Path> response = await(transfer, target, progress);
            if (response.statusCode() != 200) {
                throw new Unreachable(describe() + " answers " + response.statusCode() + " for " + file);
            }
            check(target, statedHash(response), progress);
        }
    }

    private void check(Path target, Optional<String> stated, Consumer<String> progress) throws IOException {
        if (stated.isEmpty()) {
            progress.accept(target.getFileName() + ": " + hub.getHost()
                    + " states no sha256; checked only by opening the model");
            return;
        }
        String actual = FileHash.of(target);
        if (!actual.equals(stated.get())) {
            throw new UserError(describe() + ": sha256 of " + target.getFileName() + " is " + actual + ", "
                    + hub.getHost() + " states " + stated.get() + "; nothing was kept, pull again");
        }
        progress.accept(target.getFileName() + ": sha256 is the one that " + hub.getHost() + " states");
    }

    private static Optional<String> statedHash(HttpResponse<Path> response) {
        for (Optional<HttpResponse<Path>> at = Optional.of(response); at.isPresent(); at = at.get().previousResponse()) {
            Optional<String> hash = at.get().headers().firstValue(STATED_HASH)
                    .map(value -> value.replace("\"", "").toLowerCase(Locale.ROOT))
                    .filter(value -> SHA256.matcher(value).matches());
            if (hash.isPresent()) {
                return hash;
            }
        }
        return Optional.empty();
    }

    private HttpResponse<Path> await(CompletableFuture<HttpResponse<Path>> transfer, Path target, Consumer<String> progress)
            throws IOException, Unreachable {
        long before = -1;
        while (true) {
            try {
                return transfer.get(stalledAfter.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long now = Files.exists(target) ? Files.size(target) : 0;
                if (now <= before || now == 0) {
                    transfer.cancel(true);
                    throw new Unreachable(describe() + " stopped sending " + target.getFileName());
                }
                progress.accept(target.getFileName() + ": " + now / 1_000_000 + " MB");
                before = now;
            } catch (ExecutionException e) {
                // A full disk is not the hub's doing: another source would meet it too.
                if (e.getCause() instanceof FileSystemException || String.valueOf(e.getCause().getMessage())
                        .contains("No space left")) {
                    throw new IOException(e.getCause().getMessage(), e);
                }
                throw new Unreachable(describe() + " does not answer: " + e.getCause().getClass().getSimpleName());
            } catch (InterruptedException e) {
                transfer.cancel(true);
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while fetching " + target.getFileName(), e);
            }
        }
    }
}
