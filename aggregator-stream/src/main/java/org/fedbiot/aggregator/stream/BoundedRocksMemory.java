package org.fedbiot.aggregator.stream;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * One bound on native memory for all stores of the process. By default each store of each task takes its own block
 * cache and write buffers, which would grow with the number of partitions. The native objects live as long as the
 * process: stores come and go on rebalances and share them.
 */
public final class BoundedRocksMemory implements RocksDBConfigSetter {

    private static final long TOTAL_BYTES = 96L * 1024 * 1024;
    private static final long WRITE_BUFFER_BYTES = 48L * 1024 * 1024;
    private static final long ONE_WRITE_BUFFER_BYTES = 8L * 1024 * 1024;

    private static final class Shared {

        private static final Cache CACHE = new LRUCache(TOTAL_BYTES);
        private static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configuration) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(Shared.CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(Shared.WRITE_BUFFERS);
        options.setWriteBufferSize(ONE_WRITE_BUFFER_BYTES);
    }

    @Override
    public void close(String storeName, Options options) {
        // Nothing of this store's own: cache and buffers are shared.
    }
}
