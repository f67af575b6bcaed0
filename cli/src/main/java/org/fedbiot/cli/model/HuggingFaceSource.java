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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A model repository on Hugging Face's hub, one file after the other. Its files carry no hash that is known here
 * beforehand; that they are whole shows when the model is opened.
 *
 * @param stalledAfter how long a transfer may stand still
 */
record HuggingFaceSource(URI hub, String repository, List<String> files, long peakBytes, Duration stalledAfter)
        implements ModelSource {
    private static final Duration CONNECT = Duration.ofSeconds(5);

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
            int status = await(transfer, target, progress);
            if (status != 200) {
                throw new Unreachable(describe() + " answers " + status + " for " + file);
            }
        }
    }

    private int await(CompletableFuture<HttpResponse<Path>> transfer, Path target, Consumer<String> progress)
            throws IOException, Unreachable {
        long before = -1;
        while (true) {
            try {
                return transfer.get(stalledAfter.toMillis(), TimeUnit.MILLISECONDS).statusCode();
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
