package org.fedbiot.infra;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports on the loopback interface, the only one that the embedded processes listen on. */
public final class Ports {

    private Ports() {
    }

    /**
     * @param port 0 for any
     * @return the port, free at this moment
     * @throws IllegalStateException if it is in use; names it
     */
    public static int free(String owner, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw inUse(owner, port, e);
        }
    }

    static IllegalStateException inUse(String owner, int port, IOException cause) {
        return new IllegalStateException(owner + " cannot listen on port " + port + ": " + cause.getMessage()
                + "; choose another port, or 0 for any free one", cause);
    }
}
