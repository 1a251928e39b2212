import { dump as askAgent, cameTooEarly, readReadyBlock } from '../agent/client.js';
import { salvageReport } from '../agent/partialReport.js';
import { fdsOfSession } from '../agent/sessionFds.js';
import { agentReport } from '../model/agentReport.js';
import { findAgent } from '../target/agentLibrary.js';
import { chooseThread } from '../target/chooseThread.js';
import { assertInspectable, assertInterruptible, isUninterruptible } from '../target/diagnosis.js';
import { describeFds, readFdTable, fdsKnownInside, withoutFds } from '../target/fileDescriptors.js';
import { readKernelThreads, threadsThatMovedOn } from '../target/kernelThreads.js';
import { readProcessInfo } from '../target/processInfo.js';
import { openProcessMemory } from '../target/processMemory.js';
import { readBuilds } from '../target/schedulerClock.js';
import { leaveNotes, lookBefore, switchesOfCall } from './earlierWaits.js';
import { assertHarmless } from './harmless.js';
import { killingCalls, loading } from './seccomp.js';

/** What a dump needs only when gdb has been told to start: to load it takes about as long as that. */
export const dumpModules = {
  ...{ askAgent, cameTooEarly, readReadyBlock, salvageReport, fdsOfSession, agentReport, findAgent },
  ...{
    chooseThread,
    assertInspectable,
    assertInterruptible,
    isUninterruptible,
    describeFds,
    readFdTable,
    fdsKnownInside,
    withoutFds,
  },
  ...{
    readKernelThreads,
    threadsThatMovedOn,
    lookBefore,
    leaveNotes,
    switchesOfCall,
    readProcessInfo,
    readBuilds,
    openProcessMemory,
  },
  ...{ assertHarmless, killingCalls, loading },
};

export type DumpModules = typeof dumpModules;
