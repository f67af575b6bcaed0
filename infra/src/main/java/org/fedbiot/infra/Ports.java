package org.fedbiot.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

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
        return free(owner, List.of(port)).get(0);
    }

    /**
     * Ports of one owner, no two the same: all are held until the last is found, since a port that was let go may be
     * the next that the machine gives.
     *
     * @param ports 0 for any
     * @return the ports, free at this moment, in the order asked for
     * @throws IllegalStateException if one is in use; names it
     */
    static List<Integer> free(String owner, List<Integer> ports) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int port : ports) {
                held.add(bind(new ServerSocket(), owner, port));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(owner + " gets no socket", e);
        } finally {
            held.forEach(Ports::letGo);
        }
    }

    private static ServerSocket bind(ServerSocket socket, String owner, int port) {
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            letGo(socket);
            throw inUse(owner, port, e);
        }
    }

    private static void letGo(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("port " + socket.getLocalPort() + " cannot be let go", e);
        }
    }

    static IllegalStateException inUse(String owner, int port, IOException cause) {
        return new IllegalStateException(owner + " cannot listen on port " + port + ": " + cause.getMessage()
                + "; choose another port, or 0 for any free one", cause);
    }
}
