"""A client of PostgreSQL that has locked a row ("hold"), or that wants to change it ("want"). The arguments are which of them,
and how to connect. Prints the id of the server process that it is connected to; who wants the row does so before it asks
for it. Needs psycopg2.
"""
import sys

import psycopg2

role, where = sys.argv[1:]
connection = psycopg2.connect(where)
cursor = connection.cursor()
if role == 'hold':
    cursor.execute('create table account (money int)')
    cursor.execute('insert into account values (1)')
    connection.commit()
    cursor.execute('update account set money = 2')
print(connection.info.backend_pid, flush=True)
if role == 'want':
    cursor.execute('update account set money = 3')
sys.stdin.read()
