package org.fedbiot.learning.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.BadInputException;

/** The weights of a Hugging Face directory: {@code model.safetensors}, or shards listed by an index. */
public final class SafetensorsDirectory implements StoredTensors {
    public static final String SINGLE = "model.safetensors";
    public static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_INDEX_BYTES = 64L << 20;

    private final Path directory;
    private final Map<String, SafetensorsFile> files;

    private SafetensorsDirectory(Path directory, Map<String, SafetensorsFile> files) {
        this.directory = directory;
        this.files = files;
    }

    /** @throws BadInputException no weights, a shard missing or truncated, an index that does not fit its shards */
    public static SafetensorsDirectory open(Path directory) {
        Path single = directory.resolve(SINGLE);
        Path index = directory.resolve(INDEX);
        Map<String, SafetensorsFile> files = new LinkedHashMap<>();
        if (Files.isRegularFile(single)) {
            SafetensorsFile file = SafetensorsFile.open(single);
            file.names().forEach(name -> files.put(name, file));
        } else if (Files.isRegularFile(index)) {
            shards(directory, index, files);
        } else {
            throw new BadInputException(directory, "holds neither " + SINGLE + " nor " + INDEX);
        }
        return new SafetensorsDirectory(directory, files);
    }

    private static void shards(Path directory, Path index, Map<String, SafetensorsFile> files) {
        JsonNode weightMap = read(index).path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw new BadInputException(index, "no weight_map");
        }
        Map<String, SafetensorsFile> opened = new HashMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> it = weightMap.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = it.next();
            String shardName = entry.getValue().asText();
            // An index is data from elsewhere: it may name a file beside it, nothing else.
            if (shardName.isEmpty() || shardName.contains("/") || shardName.contains("\\")) {
                throw new BadInputException(index, "weight_map." + entry.getKey() + ": \"" + shardName
                        + "\" is not a file name");
            }
            SafetensorsFile shard =
                    opened.computeIfAbsent(shardName, name -> SafetensorsFile.open(directory.resolve(name)));
            if (!shard.names().contains(entry.getKey())) {
                throw new BadInputException(index, "weight_map says tensor " + entry.getKey() + " is in " + shardName
                        + ", it is not");
            }
            files.put(entry.getKey(), shard);
        }
    }

    private static JsonNode read(Path index) {
        try {
            return new ObjectMapper().readTree(SmallFile.read(index, MAX_INDEX_BYTES));
        } catch (JsonProcessingException e) {
            throw new BadInputException(index, "malformed JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BadInputException(index, "cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(files.keySet());
    }

    @Override
    public long[] shape(String name) {
        return file(name).shape(name);
    }

    public ElementType type(String name) {
        return file(name).type(name);
    }

    @Override
    public String storedType(String name) {
        return file(name).storedType(name);
    }

    @Override
    public ByteBuffer stored(String name) {
        return file(name).stored(name);
    }

    @Override
    public ByteBuffer float32(String name) {
        return file(name).float32(name);
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = files.get(name);
        if (file == null) {
            throw new BadInputException(directory, "no tensor " + name);
        }
        return file;
    }
}
