import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PodiumUser } from '../support/podium-command.js';

const run = promisify(execFile);

let user: PodiumUser;
beforeAll(async () => {
  user = await PodiumUser.create('');
  const { stdout } = await user.run(['completion', 'bash']);
  await writeFile(path.join(user.home, 'completion.bash'), stdout);
  await mkdir(path.join(user.home, 'my files'));
  await writeFile(path.join(user.home, 'my strategy.yaml'), '');
});
afterAll(() => user?.remove());

/** What a real bash offers at the end of a line. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const script = `source completion.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_podium
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-uc', script, 'bash', 'podium', ...words], { cwd: user.home });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion in bash', () => {
  it('offers commands, from the first on', async () => {
    expect(await offered('')).toEqual(
      expect.arrayContaining(['login', 'strategies', 'manager', 'completion']),
    );
    expect(await offered('str')).toEqual(['strategies']);
    expect(await offered('strategies', '')).toEqual(['list', 'get', 'apply', 'diff', 'delete']);
    expect(await offered('strategies', 'd')).toEqual(['diff', 'delete']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('offers options where there is nothing else, or when one is begun', async () => {
    expect(await offered('whoami', '')).toEqual(expect.arrayContaining(['-o', '--output', '--server']));
    expect(await offered('strategies', 'apply', '--d')).toEqual(['--dry-run']);
    expect(await offered('roles', 'delete', '--u')).toEqual(['--unassign']);
    expect(await offered('--v')).toEqual(['--version']);
  });

  it('offers what an option can be', async () => {
    expect(await offered('users', 'list', '-o', '')).toEqual(['table', 'json', 'yaml']);
    expect(await offered('users', 'list', '--output', 'j')).toEqual(['json']);
    expect(await offered('users', 'list', '--output', '=', 'y')).toEqual(['yaml']);
    expect(await offered('users', 'list', '-o', 'json', '--no')).toEqual(['--no-headers']);
    expect(await offered('strategies', 'apply', '-f', 'my')).toEqual(['my files', 'my strategy.yaml']);
    expect(await offered('users', 'list', '--server', '')).toEqual([]);
  });

  it('hides what is not for people', async () => {
    expect(await offered('manager', '--exit')).toEqual([]);
  });
});

describe('completion in other shells', () => {
  it('is a script of the same commands', async () => {
    const zsh = (await user.run(['completion', 'zsh'])).stdout;
    const fish = (await user.run(['completion', 'fish'])).stdout;

    expect(zsh).toMatch(/^#compdef podium\n/);
    expect(zsh).toContain("('keys') found=('list:list the keys that are trusted");
    expect(fish).toContain(
      `complete -c podium -n '__podium_at \\'users list\\'' -s o -l output -x -a 'table json yaml'`,
    );
    expect(await user.run(['completion', 'tcsh'])).toMatchObject({ code: 2 });
  });
});
