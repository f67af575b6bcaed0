package org.fedbiot.cli.quickstart;

import java.nio.file.Path;
import java.util.Map;
import org.fedbiot.worker.client.ClientData;

/**
 * A run's text, each part with its owner.
 *
 * @param publicFile what everybody may see
 * @param evaluationFile the model owner's
 * @param clients private, by client id
 */
record RunText(Path publicFile, Path evaluationFile, Map<String, ClientData> clients) {
}
