package org.fedbiot.cli.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

/** Headless Chromium with its driver, from the operating system's packages. */
public final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> CHROMIUM = List.of("chromium", "chromium-browser", "google-chrome");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Why there is no browser on this machine; empty if there is one. */
    public static Optional<String> missing() {
        if (onPath("chromedriver").isEmpty() || CHROMIUM.stream().noneMatch(name -> onPath(name).isPresent())) {
            return Optional.of("no chromium and chromedriver on the PATH; on Debian: apt-get install chromium"
                    + " chromium-driver");
        }
        return Optional.empty();
    }

    static Browser start() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.stream().flatMap(name -> onPath(name).stream()).findFirst().orElseThrow()
                .toFile());
        // Without a sandbox: in a container, and as root, there is none to be had; the page is our own.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                "--hide-scrollbars", "--disable-background-networking", "--js-flags=--expose-gc",
                "--enable-precise-memory-info");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(onPath("chromedriver").orElseThrow().toFile()).build();
        return new Browser(new ChromeDriver(service, options));
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(":")).map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable).findFirst();
    }

    /** What the screen is like. */
    Browser screen(int width, int height, boolean dark) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height,
                "deviceScaleFactor", 1, "mobile", width < 500));
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features",
                List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        return this;
    }

    void open(String url) {
        driver.get(url);
    }

    /** Runs a script's body in the page and gives what it returns. */
    @SuppressWarnings("unchecked")
    <T> T run(String script, Object... arguments) {
        return (T) driver.executeScript(script, arguments);
    }

    @SuppressWarnings("unchecked")
    <T> T runAsync(String script, Object... arguments) {
        driver.manage().timeouts().scriptTimeout(PATIENCE);
        return (T) driver.executeAsyncScript(script, arguments);
    }

    /** A key, for whatever has the focus. */
    void press(CharSequence key) {
        new Actions(driver).sendKeys(key).perform();
    }

    Object command(String name, Map<String, Object> parameters) {
        return driver.executeCdpCommand(name, parameters);
    }

    String text(String id) {
        return run("return document.getElementById(arguments[0]).innerText", id);
    }

    /** A table's body, row by row, cell by cell, as it is read. */
    List<List<String>> table(String id) {
        return run("return [...document.getElementById(arguments[0]).tBodies[0].rows]"
                + ".map(row => [...row.cells].map(cell => cell.textContent))", id);
    }

    /**
     * Waits in the page itself, from one drawing to the next.
     *
     * @param condition an expression that is true once it is so
     */
    void await(String condition) {
        runAsync("const done = arguments[arguments.length - 1];"
                + "const look = () => (" + condition + ") ? done() : setTimeout(look, 25); look();");
    }

    /** The whole page as PNG. */
    byte[] screenshot(int mostHeight) {
        Map<String, Object> size = run("return {width: document.documentElement.clientWidth,"
                + " height: Math.min(arguments[0], document.documentElement.scrollHeight)}", mostHeight);
        Map<String, Object> answer = driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png",
                "captureBeyondViewport", true, "clip", Map.of("x", 0, "y", 0, "width", size.get("width"),
                        "height", size.get("height"), "scale", 1)));
        return Base64.getDecoder().decode((String) answer.get("data"));
    }

    /** What axe-core finds wrong, serious or worse, each as a line. */
    List<String> seriousProblems() {
        if (!Boolean.TRUE.equals(this.<Object>run("return !!window.axe"))) {
            run(axe());
        }
        return runAsync("const done = arguments[arguments.length - 1];"
                + "axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations"
                + ".filter(one => ['serious', 'critical'].includes(one.impact)).flatMap(one => one.nodes.map(node =>"
                + " `${one.id}: ${one.help}: ${node.target.join(' ')}: ${node.failureSummary}`))))");
    }

    private static String axe() {
        for (String name : List.of("/axe.min.js", "/axe.js")) {
            try (InputStream in = Browser.class.getResourceAsStream(name)) {
                if (in != null) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("the class path lacks axe-core's script");
    }

    @Override
    public void close() {
        driver.quit();
    }
}
